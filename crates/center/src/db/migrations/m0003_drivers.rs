//! What is inside the driver packages: their INF files and the devices these support.

use super::{NewTable, bigint, flag, id, int, text, varchar};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [driver_packages(), driver_infs(), driver_devices()] {
            table.create(manager).await?;
        }
        Ok(())
    }
}

fn driver_packages() -> NewTable {
    NewTable::new("driver_packages")
        .column(bigint("driver_id").not_null().primary_key())
        .column(varchar("archive_sha256", 64).not_null())
        .column(varchar("archive_name", 255).not_null())
        .column(varchar("directory", 400).not_null())
        .column(bigint("files").not_null())
        .column(bigint("unpacked_bytes").not_null())
        .column(varchar("os_types", 255).not_null())
        .column(text("warnings").not_null())
        .column(&mut bigint("changed_version"))
        .index(&["archive_sha256"])
}

fn driver_infs() -> NewTable {
    NewTable::new("driver_infs")
        .column(&mut id())
        .column(bigint("driver_id").not_null())
        .column(varchar("path", 2000).not_null())
        .column(varchar("encoding", 32).not_null())
        .column(varchar("class", 255).not_null())
        .column(varchar("class_guid", 64).not_null())
        .column(varchar("provider", 500).not_null())
        .column(varchar("driver_date", 32).not_null())
        .column(varchar("driver_version", 64).not_null())
        .column(&mut varchar("catalog_file", 255))
        .column(flag("catalog_present").not_null())
        .column(flag("is_extension").not_null())
        .column(int("devices").not_null())
        .index(&["driver_id"])
        .belongs_to("driver_id", "driver_packages", "driver_id")
}

fn driver_devices() -> NewTable {
    NewTable::new("driver_devices")
        .column(&mut id())
        .column(bigint("inf_id").not_null())
        .column(bigint("driver_id").not_null())
        .column(&mut varchar("hardware_id", 500))
        .column(varchar("kind", 16).not_null())
        .column(varchar("description", 1000).not_null())
        .column(varchar("install_section", 255).not_null())
        .column(varchar("manufacturer", 500).not_null())
        .column(varchar("decoration", 64).not_null())
        .index(&["inf_id"])
        .index(&["driver_id"])
        .index(&["hardware_id"])
        .belongs_to("inf_id", "driver_infs", "id")
}
