//! The life of the disk: its versions, the edits between them, and the long work done on it.

use super::{NewTable, bigint, datetime, id, text, varchar};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [versions(), edits(), edit_session(), archives(), operations(), jobs(), uploads()] {
            table.create(manager).await?;
        }
        Ok(())
    }
}

fn versions() -> NewTable {
    NewTable::new("versions")
        .column(bigint("number").not_null().primary_key())
        .column(varchar("kind", 16).not_null())
        .column(&mut varchar("note", 1000))
        .column(datetime("created_at").not_null())
        .column(varchar("created_by", 255).not_null())
        .column(varchar("root", 64).not_null())
        .column(bigint("length").not_null())
        .column(&mut varchar("parent_root", 64))
        .column(&mut varchar("patch", 64))
        .column(bigint("patch_bytes").not_null().default(0))
        .column(bigint("packs_bytes").not_null().default(0))
        .column(&mut varchar("inverse", 64))
        .column(&mut varchar("active_uuid", 36))
        .column(text("packages").not_null())
}

fn edits() -> NewTable {
    NewTable::new("edits")
        .column(&mut id())
        .column(datetime("created_at").not_null())
        .column(varchar("created_by", 255).not_null())
        .column(varchar("kind", 16).not_null())
        .column(varchar("state", 16).not_null())
        .column(bigint("driver_id").not_null())
        .column(&mut bigint("version"))
        .column(&mut text("before"))
        .column(text("payload").not_null())
        .index(&["version"])
        .index(&["driver_id"])
}

fn edit_session() -> NewTable {
    NewTable::new("edit_session")
        .column(bigint("id").not_null().primary_key())
        .column(datetime("opened_at").not_null())
        .column(varchar("opened_by", 255).not_null())
        .column(bigint("base_version").not_null())
}

fn archives() -> NewTable {
    NewTable::new("archives")
        .column(varchar("sha256", 64).not_null().primary_key())
        .column(bigint("size").not_null())
        .column(varchar("file_name", 255).not_null())
        .column(datetime("created_at").not_null())
        .column(&mut datetime("deleted_at"))
}

fn operations() -> NewTable {
    NewTable::new("operations")
        .column(&mut id())
        .column(varchar("kind", 16).not_null())
        .column(varchar("cursor", 32).not_null())
        .column(text("data").not_null())
        .column(varchar("created_by", 255).not_null())
        .column(datetime("created_at").not_null())
        .column(datetime("updated_at").not_null())
        .column(&mut datetime("finished_at"))
        .column(&mut text("error"))
        .index(&["finished_at"])
}

fn jobs() -> NewTable {
    NewTable::new("jobs")
        .column(varchar("id", 36).not_null().primary_key())
        .column(varchar("kind", 32).not_null())
        .column(varchar("state", 16).not_null())
        .column(varchar("subject", 255).not_null())
        .column(bigint("done").not_null().default(0))
        .column(bigint("total").not_null().default(0))
        .column(&mut text("message"))
        .column(&mut text("result"))
        .column(varchar("created_by", 255).not_null())
        .column(datetime("created_at").not_null())
        .column(datetime("updated_at").not_null())
        .column(&mut datetime("finished_at"))
        .index(&["state"])
        .index(&["created_at"])
}

fn uploads() -> NewTable {
    NewTable::new("uploads")
        .column(varchar("id", 36).not_null().primary_key())
        .column(varchar("file_name", 255).not_null())
        .column(bigint("length").not_null())
        .column(bigint("received").not_null().default(0))
        .column(varchar("created_by", 255).not_null())
        .column(datetime("created_at").not_null())
        .column(datetime("updated_at").not_null())
        .column(varchar("target", 32).not_null())
        .column(varchar("state", 16).not_null())
        .column(&mut varchar("job_id", 36))
        .index(&["updated_at"])
}
