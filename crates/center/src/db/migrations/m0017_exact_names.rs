//! Users are known by their exact names, and what they did goes by those.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Where users are looked up by their names. MySQL would take `müller` and `muller` for one, which SQLite does not.
const NAMES: [(&str, &str); 3] = [("users", "name"), ("uploads", "created_by"), ("audit", "actor")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::MySql {
            return Ok(());
        }
        for (table, column) in NAMES {
            let exactly = "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL";
            let statement = format!("ALTER TABLE {table} MODIFY {column} {exactly}");
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}
