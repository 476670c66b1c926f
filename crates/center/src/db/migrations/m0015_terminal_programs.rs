//! What terminals run, and the index by which a PC is known again.
//!
//! Lists leave out what has no tool disk, so each of their indexes has to hold that, too. They are made anew under
//! other names: a step that is finished at the next start finds the old one, the new one, or both.

use super::m0012_terminal_lists::{INDEXES, add, index};
use super::{flag, small};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// In the order of [`INDEXES`].
const NAMES: [&str; 5] = [
    "terminals_listed_by_name",
    "terminals_listed_by_version",
    "terminals_listed_by_seen",
    "terminals_listed_by_state",
    "terminals_listed_by_group",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, small("program").not_null().default(0).take()).await?;
        add(manager, flag("has_disk").not_null().default(true).take()).await?;
        for (name, (old, sorted_by)) in NAMES.into_iter().zip(INDEXES) {
            if !manager.has_index("terminals", name).await? {
                let backend = manager.get_database_backend();
                manager.create_index(index(name, &["deleted_at", "has_disk"], sorted_by, backend)).await?;
            }
            if manager.has_index("terminals", old).await? {
                manager.drop_index(Index::drop().name(old).table("terminals").to_owned()).await?;
            }
        }
        if !manager.has_index("terminals", "terminals_by_mac").await? {
            let by_mac = Index::create().name("terminals_by_mac").table("terminals").col("mac").take();
            manager.create_index(by_mac).await?;
        }
        Ok(())
    }
}
