//! Verify on real disks: each kind of damage is found and said, and nothing is found where all is right.

use std::os::unix::fs::FileExt;

use center::Center;

use crate::site::{Site, actor, noise, save};

/// Ids of what was found.
pub(crate) async fn found(center: &Center, deep: bool) -> Vec<String> {
    let (id, task) = center.start_verify(&actor(), deep).await.unwrap();
    task.await.unwrap().unwrap();
    let explain = |error: &fault::Error| error.notice().unwrap().id.to_string();
    let report = center.verify_report(Some(&id), &explain).await.unwrap();
    assert_eq!(report.deep, deep);
    report.findings.into_iter().map(|finding| finding.id).collect()
}

async fn site() -> (Site, Center) {
    let site = Site::new().await;
    let center = site.open().await;
    for name in ["one", "two"] {
        site.import(&center, name).await;
        save(&center).await;
    }
    (site, center)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_center_in_order_has_no_findings_also_while_it_is_edited() {
    let (site, center) = site().await;
    assert_eq!(found(&center, true).await, [""; 0]);
    site.import(&center, "three").await;
    assert_eq!(found(&center, false).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_found_by_its_name() {
    let (_site, center) = site().await;
    let data = center.data_dir().clone();
    let base = std::fs::File::options().write(true).open(data.base()).unwrap();
    base.write_all_at(b"damage", 200_000).unwrap();
    assert_eq!(found(&center, false).await, ["found.base_leaves"]);
    let restored = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(restored.id).await.unwrap().error, None);
    assert_eq!(found(&center, false).await, [""; 0]);

    let one = center.drivers().await.unwrap().into_iter().find(|driver| driver.name == "one").unwrap();
    let one = center.driver(one.id, &ToString::to_string).await.unwrap();
    let kept = data.kept_archive(&one.archive_sha256);
    let archive = std::fs::read(&kept).unwrap();
    std::fs::remove_file(&kept).unwrap();
    std::fs::write(data.kept().join("stray"), b"x").unwrap();
    assert_eq!(found(&center, true).await, ["found.archive_missing", "found.archive_unlisted"]);
    std::fs::write(&kept, noise("other", archive.len())).unwrap();
    std::fs::remove_file(data.kept().join("stray")).unwrap();
    assert_eq!(found(&center, false).await, ["found.archive_damaged"]);
    std::fs::write(&kept, archive).unwrap();

    std::fs::remove_file(data.head()).unwrap();
    std::fs::remove_file(data.base_index()).unwrap();
    std::fs::remove_file(data.base_state().join("leaves")).unwrap();
    assert_eq!(found(&center, false).await, ["found.leaf_table", "found.index", "found.head"]);
    let restored = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(restored.id).await.unwrap().error, None);
    assert_eq!(found(&center, false).await, ["found.index"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_updates_are_found_and_withdrawn_by_a_restore() {
    let (_site, center) = site().await;
    let objects = center.data_dir().objects();
    let folders = std::fs::read_dir(objects).unwrap().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).unwrap().flatten());
    for file in files.filter(|file| file.metadata().unwrap().len() > 150_000) {
        let object = std::fs::File::options().write(true).open(file.path()).unwrap();
        object.write_all_at(b"damage", 1000).unwrap();
    }
    assert_eq!(found(&center, false).await, ["found.patch", "found.patch"]);
    let restored = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(restored.id).await.unwrap().error, None);
    assert_eq!(found(&center, false).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_can_be_stopped_and_without_one_there_is_no_report() {
    let (_site, center) = site().await;
    let error = center.verify_report(None, &ToString::to_string).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "verify.none");
    let (id, task) = center.start_verify(&actor(), true).await.unwrap();
    center.cancel_job(&id).await.unwrap();
    assert_eq!(task.await.unwrap().unwrap_err().kind(), fault::Kind::Cancelled);
    assert_eq!(center.job(&id, &ToString::to_string).await.unwrap().state, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_says_what_a_restore_would_do_and_does_nothing() {
    let (_site, center) = site().await;
    let explain = |error: &fault::Error| error.notice().unwrap().id.to_string();
    let plan = async || {
        let (_, task) = center.start_restore_plan(&actor()).await.unwrap();
        task.await.unwrap().unwrap();
        center.restore_plan(&explain).await.unwrap()
    };
    assert_eq!(plan().await.action, "none");
    let base = center.data_dir().base();
    let whole = std::fs::read(&base).unwrap();
    let mut damaged = whole.clone();
    damaged[200_000] ^= 1;
    std::fs::write(&base, &damaged).unwrap();
    let mend = plan().await;
    assert_eq!(mend.action, "mend");
    assert_eq!(mend.steps, ["restore.will_check", "restore.will_mend", "restore.will_publish"]);
    assert!(std::fs::read(&base).unwrap() == damaged);
    std::fs::remove_file(&base).unwrap();
    assert_eq!(plan().await.action, "reassemble");
    std::fs::remove_dir_all(center.data_dir().images()).unwrap();
    assert_eq!(plan().await.action, "rebuild");
    std::fs::remove_dir_all(center.data_dir().kept()).unwrap();
    let refuse = plan().await;
    assert_eq!((refuse.action.as_str(), refuse.lost.len()), ("refuse", 2));
    assert!(!base.exists());
    std::fs::write(&base, &whole).unwrap();
    assert_eq!(std::fs::read_dir(center.data_dir().work()).unwrap().count(), 0);
}
