//! Whose the open edit is.

use super::{datetime, varchar};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut column in [varchar("held_by", 255), datetime("held_at")] {
            if manager.has_column("edit_session", column.get_column_name()).await? {
                continue;
            }
            manager.alter_table(Table::alter().table("edit_session").add_column(&mut column).take()).await?;
        }
        Ok(())
    }
}
