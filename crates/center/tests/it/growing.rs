//! Making the disk larger: as a version like any other, and back.

use center::{Center, db};
use sea_orm::EntityTrait as _;
use sea_orm::sea_query::Expr;

use crate::restore::Terminal;
use crate::site::{DISK_BYTES, Site, actor, grow, noise, read, save, virtual_bytes};

const GROWN_BYTES: u64 = 9 << 30;

fn base(center: &Center) -> Vec<u8> {
    std::fs::read(center.data_dir().base()).unwrap()
}

/// What a foreign program says of Base.
fn foreign_size(center: &Center) -> u64 {
    let base = center.data_dir().base();
    let run = |action: &str| {
        let mut command = std::process::Command::new("qemu-img");
        command.args([action, "-f", "qcow2", "--output", "json"]).arg(&base).output().unwrap()
    };
    assert!(run("check").status.success());
    let info: serde_json::Value = serde_json::from_slice(&run("info").stdout).unwrap();
    info["virtual-size"].as_u64().unwrap()
}

fn notice(error: &fault::Error) -> String {
    error.notice().map(|notice| notice.id.to_string()).unwrap_or_default()
}

fn file(name: &str) -> String {
    format!("/sys/tq/{name}/{name}/device.sys")
}

async fn expect_file(center: &Center, name: &str) {
    assert!(read(center, &file(name)).await == noise(name, 200_000), "{name} is another one");
}

async fn roll_back(center: &Center, target: u64) {
    let operation = center.rollback(&actor(), target, None).await.unwrap();
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_grows_as_a_version_and_a_rollback_makes_it_as_small_as_it_was() {
    let site = Site::new().await;
    let center = site.open().await;
    assert_eq!(virtual_bytes(&center).await, DISK_BYTES);
    site.import(&center, "first").await;
    save(&center).await;
    let (small, terminal) = (base(&center), Terminal::of(&center));

    assert_eq!(grow(&center, GROWN_BYTES).await, 2);
    let large = base(&center);
    assert_eq!((virtual_bytes(&center).await, foreign_size(&center)), (GROWN_BYTES, GROWN_BYTES));
    let version = center.version(2).await.unwrap();
    assert_eq!((version.kind.as_str(), version.virtual_bytes), ("grow", Some(GROWN_BYTES)));
    assert_eq!((version.note.as_deref(), version.packages), (Some("more room"), 1));
    assert!(version.added.is_empty() && version.changed.is_empty() && version.removed.is_empty());
    let fetched = terminal.follow(&center).await;
    assert!(fetched < 20_000, "a terminal fetches {fetched} bytes");
    expect_file(&center, "first").await;

    // It goes on as any other, and what it was can be looked into.
    site.import(&center, "second").await;
    assert_eq!(save(&center).await, 3);
    expect_file(&center, "second").await;
    assert_eq!(
        (foreign_size(&center), center.version(3).await.unwrap().virtual_bytes),
        (GROWN_BYTES, Some(GROWN_BYTES))
    );
    assert_eq!(center.list_version_files(1, "/sys/tq").await.unwrap().len(), 1);
    assert_eq!(center.list_version_files(2, "/sys/tq").await.unwrap().len(), 1);
    terminal.follow(&center).await;

    let plan = center.plan_rollback(1).await.unwrap();
    assert_eq!((plan.virtual_bytes_before, plan.virtual_bytes), (GROWN_BYTES, DISK_BYTES));
    roll_back(&center, 1).await;
    assert!(base(&center) == small);
    assert_eq!((virtual_bytes(&center).await, foreign_size(&center)), (DISK_BYTES, DISK_BYTES));
    terminal.follow(&center).await;
    roll_back(&center, 2).await;
    assert!(base(&center) == large);
    assert_eq!(virtual_bytes(&center).await, GROWN_BYTES);
    terminal.follow(&center).await;
    let restored = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(restored.id).await.unwrap().error, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn growing_is_refused_with_the_reason() {
    let site = Site::new().await;
    let center = site.open().await;
    let refused = async |size: u64| notice(&center.grow(&actor(), size, None).await.unwrap_err());
    let disk = center.disk().await.unwrap();
    assert_eq!((disk.virtual_bytes, disk.largest_bytes), (DISK_BYTES, 8 << 40));
    assert_eq!(refused(DISK_BYTES).await, "disk.not_larger");
    assert_eq!(refused(1 << 30).await, "disk.not_larger");
    assert_eq!(refused(disk.largest_bytes + 1).await, "disk.too_large");
    let long = center.grow(&actor(), GROWN_BYTES, Some("x".repeat(2000))).await.unwrap_err();
    assert_eq!(notice(&long), "version.note_too_long");
    let grow_reason = async || {
        let status = center.status(&actor(), &|error| notice(error)).await.unwrap();
        status.allowed_actions.into_iter().find(|action| action.action == "grow").unwrap().reason
    };
    assert_eq!(grow_reason().await, None);
    site.import(&center, "first").await;
    assert_eq!(refused(GROWN_BYTES).await, "version.edit_open");
    assert_eq!(grow_reason().await.as_deref(), Some("version.edit_open"));
    center.discard(&actor()).await.unwrap();
    assert_eq!(center.version_count().await.unwrap(), 1, "nothing was done");

    let operation = center.grow(&actor(), GROWN_BYTES, None).await.unwrap();
    assert_eq!(refused(2 * GROWN_BYTES).await, "center.merging");
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
    assert_eq!(refused(GROWN_BYTES).await, "disk.not_larger");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrecked_disk_is_made_anew_as_large_as_it_had_become() {
    for is_first_state_lost in [false, true] {
        let site = Site::new().await;
        let center = site.open().await;
        site.import(&center, "first").await;
        save(&center).await;
        grow(&center, GROWN_BYTES).await;
        std::fs::remove_file(center.data_dir().base()).unwrap();
        // What would put it together again goes, too.
        for entry in std::fs::read_dir(center.data_dir().images()).unwrap().flatten() {
            let is_first = std::fs::metadata(entry.path()).unwrap().len() == first_length(&center).await;
            if entry.path().extension().is_some_and(|extension| extension == "qcow2")
                && (is_first_state_lost || !is_first)
            {
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
        std::fs::remove_dir_all(center.data_dir().objects()).unwrap();
        std::fs::create_dir(center.data_dir().objects()).unwrap();
        let restored = center.restore(&actor()).await.unwrap();
        assert_eq!(center.wait_operation(restored.id).await.unwrap().error, None);
        assert_eq!(center.version(3).await.unwrap().kind, "restore");
        assert_eq!((virtual_bytes(&center).await, foreign_size(&center)), (GROWN_BYTES, GROWN_BYTES));
        expect_file(&center, "first").await;
    }
}

async fn first_length(center: &Center) -> u64 {
    center.version(0).await.unwrap().length
}

/// What is configured is for a disk that is to be made; an earlier release did not record what was made.
#[tokio::test(flavor = "multi_thread")]
async fn the_size_that_is_told_is_that_of_the_disk() {
    let site = Site::new().await;
    let center = site.open().await;
    let forget = db::entities::version::Entity::update_many()
        .col_expr(db::entities::version::Column::VirtualBytes, Expr::value(None::<i64>));
    forget.exec(center.db()).await.unwrap();
    center.close().await;
    drop(center);
    let center = site.open_with(|config| config.disk.virtual_size_bytes = 2 * GROWN_BYTES).await;
    assert_eq!(virtual_bytes(&center).await, DISK_BYTES);
    assert_eq!(center.version(0).await.unwrap().virtual_bytes, Some(DISK_BYTES));
    assert_eq!(grow(&center, GROWN_BYTES).await, 1);
    assert_eq!(virtual_bytes(&center).await, GROWN_BYTES);
}
