//! How the terminals stood, over time.

use super::{NewTable, bigint, datetime};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = NewTable::new("terminal_history")
            .column(bigint("every_seconds").not_null())
            .column(datetime("begins_at").not_null())
            .column(bigint("samples").not_null());
        for count in ["error", "busy", "waiting", "identical", "offline", "behind"] {
            table = table.column(bigint(count).not_null());
        }
        table.primary_key(&["every_seconds", "begins_at"]).create(manager).await
    }
}
