//! The terminals and how far their tool disks are.

use super::{NewTable, bigint, datetime, text, varchar};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        terminals().create(manager).await
    }
}

fn terminals() -> NewTable {
    NewTable::new("terminals")
        .column(varchar("id", 36).not_null().primary_key())
        .column(varchar("name", 255).not_null())
        .column(varchar("mac", 64).not_null())
        .column(varchar("secret_hash", 64).not_null())
        .column(datetime("enrolled_at").not_null())
        .column(&mut datetime("last_seen_at"))
        .column(&mut varchar("address", 64))
        .column(&mut bigint("version"))
        .column(&mut varchar("root", 64))
        .column(varchar("state", 16).not_null().default("unknown"))
        .column(bigint("progress_done").not_null().default(0))
        .column(bigint("progress_total").not_null().default(0))
        .column(&mut text("message"))
        .column(&mut bigint("push_version"))
        .column(&mut datetime("deleted_at"))
        .unique(&["secret_hash"])
        .index(&["mac"])
        .index(&["state"])
}
