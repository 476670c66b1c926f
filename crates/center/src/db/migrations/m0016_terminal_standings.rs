//! An index in which terminals that stand alike lie together, and which holds nothing else: all of them are counted in its
//! order.

use super::m0012_terminal_lists::live;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const NAME: &str = "terminals_by_standing";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_index("terminals", NAME).await? {
            return Ok(());
        }
        let backend = manager.get_database_backend();
        let counted = ["state", "is_heard", "root", "id"].into_iter();
        manager.create_index(live(NAME, &["deleted_at", "has_disk"], counted, backend)).await
    }
}
