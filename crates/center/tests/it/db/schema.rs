//! The tables that other systems know have the form that those expect.

use crate::support::{TestDb, new_url};
use center::db;
use center::db::entities::{image, setting};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement};

const RECORD: &str = "id integer!, created_at datetime(6)!, updated_at datetime(6)!, deleted_at datetime(6), \
     deleted tinyint(1)! = 0";

/// Columns as `name type`, `!` for not null, `= value` for a default.
async fn columns(db: &impl ConnectionTrait, table: &str) -> String {
    let sql = format!("PRAGMA table_info({table})");
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    let column = |row: &sea_orm::QueryResult| {
        let name: String = row.try_get("", "name").unwrap();
        let kind: String = row.try_get("", "type").unwrap();
        let required = if row.try_get::<bool>("", "notnull").unwrap() { "!" } else { "" };
        let default: Option<String> = row.try_get("", "dflt_value").unwrap();
        format!(
            "{name} {}{required}{}",
            kind.to_lowercase(),
            default.map(|value| format!(" = {value}")).unwrap_or_default()
        )
    };
    rows.iter().map(column).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn the_shared_tables_are_as_specified() {
    let test = TestDb::new().await;
    if !test.is_sqlite() {
        return;
    }
    let expected = [
        (
            "voi_drivecenter_imagesnode",
            format!("{RECORD}, disk_type int! = 5, file_size bigint!, md5 varchar(255)!, uuid varchar(36)!"),
        ),
        (
            "voi_drivecenter_tempimagesnode",
            format!(
                "{RECORD}, parent_uuid varchar(40), file_size bigint!, md5 varchar(255)!, uuid varchar(36)!, \
                 parent_md5 varchar(255), merge_uuid varchar(40)!, merge_md5 varchar(255)!, merge_file_size bigint!"
            ),
        ),
        (
            "voi_driver_files",
            format!(
                "{RECORD}, name varchar(255)!, os_type varchar(64)!, size bigint!, describe varchar(255), \
                 file_name varchar(255)!, type int!"
            ),
        ),
        (
            "voi_driver_relate_image",
            "id integer!, driver_id bigint!, images_id bigint!, type int!".to_owned(),
        ),
        ("settings", "name varchar(255)!, value longtext!, description varchar(255)".to_owned()),
    ];
    for (table, form) in expected {
        assert_eq!(columns(&test.db, table).await, form, "{table}");
    }
    assert!(columns(&test.db, "images").await.contains("hg_version int! = 0"));
}

#[tokio::test]
async fn a_new_database_begins_in_the_normal_state() {
    let test = TestDb::new().await;
    let row = setting::Entity::find_by_id(setting::DRIVER_CENTER).one(&test.db).await.unwrap().unwrap();
    assert_eq!(row.value, r#"{"is_auto_update":true,"mount_status":1}"#);
}

#[tokio::test]
async fn tables_of_an_existing_platform_are_kept_and_completed() {
    let directory = tempfile::TempDir::new().unwrap();
    let url = new_url(&directory).await;
    let platform = sea_orm::Database::connect(&url).await.unwrap();
    for sql in [
        "CREATE TABLE images (id integer primary key, name varchar(255) not null, os_type varchar(64) not null, \
         type int not null, uuid varchar(36), created_at datetime(6) not null, updated_at datetime(6) not null, \
         deleted_at datetime(6), deleted tinyint(1) not null, owner varchar(20))",
        "INSERT INTO images VALUES (7, 'win10', '4', 2, null, '2023-01-01 00:00:00', '2023-01-01 00:00:00', \
         null, 0, 'somebody')",
        "CREATE TABLE settings (name varchar(255) primary key, value longtext not null, description varchar(255))",
        r#"INSERT INTO settings VALUES ('voi_drive_center', '{"is_auto_update":false,"mount_status":3}', null)"#,
    ] {
        platform.execute_unprepared(sql).await.unwrap();
    }
    platform.close().await.unwrap();

    let db = db::connect(&url).await.unwrap();
    let template = image::Entity::find_by_id(7).one(&db).await.unwrap().unwrap();
    assert_eq!((template.name.as_str(), template.hg_version), ("win10", 0));
    let state = setting::Entity::find_by_id(setting::DRIVER_CENTER).one(&db).await.unwrap().unwrap();
    assert_eq!(state.value, r#"{"is_auto_update":false,"mount_status":3}"#);
}
