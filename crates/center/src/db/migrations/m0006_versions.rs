//! What a version was made from, and how large the disk is in it.

use super::bigint;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["target", "virtual_bytes"] {
            if !manager.has_column("versions", column).await? {
                let mut column = bigint(column);
                let change = Table::alter().table("versions").add_column(&mut column).take();
                manager.alter_table(change).await?;
            }
        }
        Ok(())
    }
}
