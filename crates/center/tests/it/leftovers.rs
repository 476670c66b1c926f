//! What a process that died has left behind, at the next start.

use center::{Center, Moment};

use crate::fated::{Doom, Fated, Point};
use crate::life_time::settle;
use crate::site::{Site, actor, save};

/// Names in a folder, sorted.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Leaves files of work, as one who is killed in the middle of it.
fn leave(center: &Center) {
    let work = center.data_dir().work();
    for name in ["printer-0b3d0c15.zip", "mirror-base", "base.copy", "repacked", "moving-table", "restore.x"]
    {
        std::fs::write(work.join(name), name).unwrap();
    }
    std::fs::create_dir(work.join("rollback-7")).unwrap();
    std::fs::write(work.join("rollback-7/ranges"), "ranges").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_work_are_gone_at_the_next_start() {
    let site = Site::new().await;
    let center = site.open().await;
    let work = center.data_dir().work();
    leave(&center);
    center.close().await;
    drop(center);
    let center = site.open().await;
    assert_eq!(names(&work), [""; 0]);
    site.import(&center, "one").await;
    assert_eq!(save(&center).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_an_unfinished_operation_may_go_on_with_stay() {
    let site = Site::new().await;
    let point = Point { operation: "save".into(), step: "merge".into(), moment: Moment::After };
    let center = site.open_on(Fated::new(Some((point, Doom::Fails)))).await.unwrap();
    let work = center.data_dir().work();
    site.import(&center, "one").await;
    let operation = center.save(&actor(), None).await.unwrap();
    assert!(center.wait_operation(operation.id).await.unwrap().error.is_some());
    leave(&center);
    center.close().await;
    drop(center);
    let center = site.open().await;
    assert_eq!(names(&work), ["restore.x", "rollback-7"]);
    settle(&center).await;
    center.close().await;
    drop(center);
    let _center = site.open().await;
    assert_eq!(names(&work), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_whose_rows_say_that_they_are_gone_go_and_no_other_file() {
    let site = Site::new().await;
    let center = site.open().await;
    let kept = center.data_dir().kept();
    site.import(&center, "one").await;
    save(&center).await;
    let needed = names(&kept);
    site.import(&center, "two").await;
    let two = kept.join(names(&kept).into_iter().find(|name| !needed.contains(name)).unwrap());
    let bytes = std::fs::read(&two).unwrap();
    center.discard(&actor()).await.unwrap();
    assert_eq!(names(&kept), needed);

    // The row was written, and then the process died; and a file that was never listed.
    std::fs::write(&two, &bytes).unwrap();
    let stray = "f".repeat(64);
    std::fs::write(kept.join(&stray), "somebody's").unwrap();
    center.close().await;
    drop(center);
    let center = site.open().await;
    let mut expected = needed.clone();
    expected.push(stray);
    expected.sort();
    assert_eq!(names(&kept), expected);

    // While something needs it, it stays whatever its row has said before.
    let again = site.upload(&center, &site.directory.path().join("two.tq"));
    center.import(&actor(), again).await.unwrap();
    site.import(&center, "three").await;
    assert_eq!(save(&center).await, 2);
    assert!(std::fs::read(&two).unwrap() == bytes);
    assert_eq!(names(&kept).len(), expected.len() + 2);
}
