//! Values survive the way to the database and back.

use crate::support::{TestDb, at};
use center::db::SoftDelete;
use center::db::entities::{driver_device, driver_file, driver_inf, driver_package, terminal, user, version};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
};

fn driver(name: &str) -> driver_file::ActiveModel {
    driver_file::ActiveModel {
        id: NotSet,
        created_at: Set(at("2024-01-02T03:04:05.000006")),
        updated_at: Set(at("2024-01-02T03:04:05")),
        deleted_at: Set(None),
        deleted: Set(false),
        name: Set(name.to_owned()),
        os_type: Set("3,4".to_owned()),
        size: Set(5_000_000_000),
        describe: Set(None),
        file_name: Set(name.to_owned()),
        r#type: Set(2),
    }
}

#[tokio::test]
async fn a_time_keeps_its_microseconds_and_its_order() {
    let test = TestDb::new().await;
    for (name, time) in [
        ("c", "2024-01-02T03:04:05.100000"),
        ("a", "2024-01-02T03:04:05"),
        ("d", "2024-01-02T03:04:05.100001"),
        ("b", "2024-01-02T03:04:05.000006"),
    ] {
        let row = driver_file::ActiveModel { created_at: Set(at(time)), ..driver(name) };
        assert_eq!(row.insert(&test.db).await.unwrap().created_at, at(time));
    }
    let after = driver_file::Column::CreatedAt.gt(at("2024-01-02T03:04:05"));
    let query = driver_file::Entity::find().filter(after).order_by_asc(driver_file::Column::CreatedAt);
    let names = query.all(&test.db).await.unwrap().into_iter().map(|row| row.name);
    assert_eq!(names.collect::<String>(), "bcd");
}

#[tokio::test]
async fn a_deleted_driver_stays_as_history() {
    let test = TestDb::new().await;
    let row = driver("网卡驱动").insert(&test.db).await.unwrap();
    assert_eq!(driver_file::Entity::find_live().one(&test.db).await.unwrap().as_ref(), Some(&row));

    let mut gone = row.into_active_model();
    gone.deleted = Set(true);
    gone.deleted_at = Set(Some(at("2024-01-03T00:00:00")));
    gone.update(&test.db).await.unwrap();
    assert_eq!(driver_file::Entity::find_live().count(&test.db).await.unwrap(), 0);
    assert_eq!(driver_file::Entity::find().count(&test.db).await.unwrap(), 1);
}

#[tokio::test]
async fn a_version_number_is_given_by_us_and_only_once() {
    let test = TestDb::new().await;
    let row = version::Model {
        number: 41,
        kind: version::VersionKind::Rollback,
        note: None,
        created_at: at("2024-01-02T03:04:05.000006"),
        created_by: "admin".to_owned(),
        root: "ab".repeat(32),
        length: 1 << 40,
        parent_root: None,
        patch: None,
        patch_bytes: 0,
        packs_bytes: 0,
        inverse: None,
        active_uuid: None,
        packages: "[]".to_owned(),
        target: Some(39),
        virtual_bytes: Some(256 << 30),
    };
    let insert = || row.clone().into_active_model().reset_all();
    assert_eq!(insert().insert(&test.db).await.unwrap(), row);
    assert!(matches!(
        insert().insert(&test.db).await.unwrap_err().sql_err(),
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_))
    ));
}

#[tokio::test]
async fn what_is_known_of_a_package_goes_with_it() {
    let test = TestDb::new().await;
    let package = driver_package::Model {
        driver_id: 3,
        archive_sha256: "00".repeat(32),
        archive_name: "a.tq".to_owned(),
        directory: "/sys/tq/a".to_owned(),
        files: 2,
        unpacked_bytes: 10,
        os_types: "4".to_owned(),
        warnings: "[]".to_owned(),
        changed_version: None,
    };
    package.into_active_model().reset_all().insert(&test.db).await.unwrap();
    let inf = driver_inf::ActiveModel {
        id: NotSet,
        driver_id: Set(3),
        path: Set("a.inf".to_owned()),
        encoding: Set("utf-16le".to_owned()),
        class: Set("Net".to_owned()),
        class_guid: Set("{4d36e972-e325-11ce-bfc1-08002be10318}".to_owned()),
        provider: Set("Somebody".to_owned()),
        driver_date: Set("2020-01-02".to_owned()),
        driver_version: Set("1.2.3.4".to_owned()),
        catalog_file: Set(None),
        catalog_present: Set(false),
        is_extension: Set(true),
        devices: Set(1),
    };
    let inf = inf.insert(&test.db).await.unwrap();
    assert!(inf.is_extension && !inf.catalog_present);
    let device = driver_device::ActiveModel {
        id: NotSet,
        inf_id: Set(inf.id),
        driver_id: Set(3),
        hardware_id: Set(Some(r"PCI\VEN_8086&DEV_15B7".to_owned())),
        kind: Set("hardware".to_owned()),
        description: Set("Ethernet".to_owned()),
        install_section: Set("E15B7".to_owned()),
        manufacturer: Set("Somebody".to_owned()),
        decoration: Set("NTamd64.10.0".to_owned()),
    };
    device.insert(&test.db).await.unwrap();

    driver_package::Entity::delete_by_id(3).exec(&test.db).await.unwrap();
    assert_eq!(driver_inf::Entity::find().count(&test.db).await.unwrap(), 0);
    assert_eq!(driver_device::Entity::find().count(&test.db).await.unwrap(), 0);
}

#[tokio::test]
async fn words_that_stand_for_states_are_checked() {
    let test = TestDb::new().await;
    let row = terminal::ActiveModel {
        id: Set("t".to_owned()),
        name: Set("PC-1".to_owned()),
        mac: Set("001122334455".to_owned()),
        secret_hash: Set("s".to_owned()),
        enrolled_at: Set(at("2024-01-02T03:04:05")),
        // SQLite keeps the default of a column that was added later, but does not return it.
        hg_notices: Set(0),
        program: Set(terminal::Program::ToolDisk),
        has_disk: Set(true),
        ..Default::default()
    };
    assert_eq!(row.insert(&test.db).await.unwrap().state, terminal::TerminalState::Unknown);
    assert!(user::Role::Administrator > user::Role::Operator && user::Role::Operator > user::Role::Viewer);

    let nonsense = sea_orm::sea_query::Expr::value("asleep");
    let update = terminal::Entity::update_many().col_expr(terminal::Column::State, nonsense);
    update.exec(&test.db).await.unwrap();
    assert!(terminal::Entity::find().one(&test.db).await.is_err());
}
