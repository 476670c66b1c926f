//! The tables that an existing platform shares with the driver center; their names and columns are given.

use super::{NewTable, bigint, datetime, flag, id, int, text, varchar};
use sea_orm_migration::prelude::*;

const INITIAL_SETTINGS: &str = r#"{"is_auto_update":true,"mount_status":1}"#;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [images_node(), temp_images_node(), driver_files(), driver_relate_image()] {
            table.create(manager).await?;
        }
        settings().create(manager).await?;
        seed_settings(manager).await?;
        images().create(manager).await?;
        add_heterogeneous_version(manager).await
    }
}

fn record(name: &'static str) -> NewTable {
    NewTable::new(name)
        .column(&mut id())
        .column(datetime("created_at").not_null())
        .column(datetime("updated_at").not_null())
        .column(&mut datetime("deleted_at"))
        .column(flag("deleted").not_null().default(0))
}

fn images_node() -> NewTable {
    record("voi_drivecenter_imagesnode")
        .column(int("disk_type").not_null().default(5))
        .column(bigint("file_size").not_null())
        .column(varchar("md5", 255).not_null())
        .column(varchar("uuid", 36).not_null())
        .index(&["uuid"])
}

fn temp_images_node() -> NewTable {
    record("voi_drivecenter_tempimagesnode")
        .column(&mut varchar("parent_uuid", 40))
        .column(bigint("file_size").not_null())
        .column(varchar("md5", 255).not_null())
        .column(varchar("uuid", 36).not_null())
        .column(&mut varchar("parent_md5", 255))
        .column(varchar("merge_uuid", 40).not_null())
        .column(varchar("merge_md5", 255).not_null())
        .column(bigint("merge_file_size").not_null())
        .index(&["uuid"])
}

fn driver_files() -> NewTable {
    record("voi_driver_files")
        .column(varchar("name", 255).not_null())
        .column(varchar("os_type", 64).not_null())
        .column(bigint("size").not_null())
        .column(&mut varchar("describe", 255))
        .column(varchar("file_name", 255).not_null())
        .column(int("type").not_null())
        .index(&["name"])
}

fn driver_relate_image() -> NewTable {
    NewTable::new("voi_driver_relate_image")
        .column(&mut id())
        .column(bigint("driver_id").not_null())
        .column(bigint("images_id").not_null())
        .column(int("type").not_null())
        .index(&["driver_id"])
        .index(&["images_id"])
}

fn settings() -> NewTable {
    NewTable::new("settings")
        .column(varchar("name", 255).not_null().primary_key())
        .column(text("value").not_null())
        .column(&mut varchar("description", 255))
}

fn images() -> NewTable {
    record("images")
        .column(varchar("name", 255).not_null())
        .column(varchar("os_type", 64).not_null())
        .column(int("type").not_null())
        .column(&mut varchar("uuid", 36))
        .column(int("hg_version").not_null().default(0))
}

async fn seed_settings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let mut present = Query::select();
    present.column("name").from("settings").and_where(Expr::col("name").eq("voi_drive_center"));
    if connection.query_one(&present).await?.is_some() {
        return Ok(());
    }
    let mut seed = Query::insert();
    seed.into_table("settings").columns(["name", "value", "description"]).values_panic([
        "voi_drive_center".into(),
        INITIAL_SETTINGS.into(),
        "driver center".into(),
    ]);
    connection.execute(&seed).await.map(drop)
}

/// An existing platform's `images` came before heterogeneous templates.
async fn add_heterogeneous_version(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.has_column("images", "hg_version").await? {
        return Ok(());
    }
    let mut column = int("hg_version").not_null().default(0).take();
    manager.alter_table(Table::alter().table("images").add_column(&mut column).take()).await
}
