//! The versions that cannot be taken back, by number: the newest of them is the oldest that is kept, and lists ask for it.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const INDEX: &str = "versions_inverse_number";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_index("versions", INDEX).await? {
            return Ok(());
        }
        let mut index = Index::create().name(INDEX).table("versions").take();
        manager.create_index(index.col("inverse").col("number").take()).await
    }
}
