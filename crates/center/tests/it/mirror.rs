//! What goes to a second store, and what does not. The store is a directory here; `glance.rs` does the same with Glance.

use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use center::{Center, Moment};
use fault::Kind;
use image_store::{DirectoryStore, ImageStore as _};

use crate::fated::{Doom, Fated, Point};
use crate::life_time::settle;
use crate::rescue::Place;
use crate::site::{Site, actor, noise, save};

fn second_store(site: &Site) -> Arc<DirectoryStore> {
    Arc::new(DirectoryStore::open(site.directory.path().join("mirror")).unwrap())
}

/// What is there, as kind and version.
fn images(store: &DirectoryStore) -> Vec<(String, u64)> {
    let images = store.list().unwrap().into_iter();
    let mut images: Vec<_> =
        images.map(|image| (image.meta.properties["kind"].clone(), image.meta.version)).collect();
    images.sort();
    images
}

fn named(images: &[(&str, u64)]) -> Vec<(String, u64)> {
    images.iter().map(|(kind, version)| ((*kind).to_owned(), *version)).collect()
}

/// Three versions, of which the first is in the second store with its Base.
async fn three_versions(site: &Site, center: &Center, store: &Arc<DirectoryStore>) {
    for name in ["one", "two", "three"] {
        site.import(center, name).await;
        save(center).await;
        if name == "one" {
            center.mirror_all(store.clone()).await.unwrap();
        }
    }
}

/// Nothing takes the place of the Base that is there, from which the center comes back whole.
async fn sends_no_base(center: &Center, store: &Arc<DirectoryStore>) {
    let error = center.mirror_all(store.clone()).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "center.state_disagrees", "{error}");
    assert_eq!(images(store), named(&[("active", 1), ("active", 2), ("active", 3), ("base", 1)]));
    assert_eq!(std::fs::read_dir(center.data_dir().work()).unwrap().count(), 0);
    let place = Place::new().await;
    let rescued = place.rescue(store.clone(), None).await.unwrap();
    assert_eq!((rescued.version, rescued.root), (3, center.version(3).await.unwrap().root));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_is_damaged_unnoticed_takes_the_place_of_none() {
    let site = Site::new().await;
    let (center, store) = (site.open().await, second_store(&site));
    three_versions(&site, &center, &store).await;
    let base = std::fs::File::options().write(true).open(center.data_dir().base()).unwrap();
    base.write_all_at(&noise("damage", 65_536), 5 * 65_536).unwrap();
    sends_no_base(&center, &store).await;

    // Once it is right again, it goes there.
    let restored = center.restore(&actor()).await.unwrap();
    assert_eq!(center.wait_operation(restored.id).await.unwrap().error, None);
    center.mirror_all(store.clone()).await.unwrap();
    assert_eq!(images(&store), named(&[("active", 1), ("active", 2), ("active", 3), ("base", 3)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_was_cut_takes_the_place_of_none() {
    let site = Site::new().await;
    let (center, store) = (site.open().await, second_store(&site));
    three_versions(&site, &center, &store).await;
    center.close().await;
    let path = center.data_dir().base();
    drop(center);
    let length = path.metadata().unwrap().len();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(length - 3 * 65_536).unwrap();
    let center = site.open().await;
    assert_eq!(center.mount().await.unwrap().mount_status, 3);
    sends_no_base(&center, &store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_no_version_names_yet_is_sent_as_none() {
    let site = Site::new().await;
    let point = Point { operation: "save".into(), step: "record".into(), moment: Moment::Before };
    let (center, store) = (site.open().await, second_store(&site));
    site.import(&center, "one").await;
    save(&center).await;
    center.mirror_all(store.clone()).await.unwrap();
    site.import(&center, "two").await;
    save(&center).await;
    center.close().await;
    drop(center);

    let center = site.open_on(Fated::new(Some((point, Doom::Fails)))).await.unwrap();
    site.import(&center, "three").await;
    let operation = center.save(&actor(), None).await.unwrap();
    assert!(center.wait_operation(operation.id).await.unwrap().error.is_some());
    // The file of Base is the third version, and the newest record is that of the second.
    let error = center.mirror_all(store.clone()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Busy, "{error}");
    assert_eq!(images(&store), named(&[("active", 1), ("active", 2), ("base", 1)]));
    settle(&center).await;
    center.mirror_all(store.clone()).await.unwrap();
    assert_eq!(images(&store), named(&[("active", 1), ("active", 2), ("active", 3), ("base", 3)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_active_whose_file_is_lost_here_keeps_nothing_else_from_going_there() {
    let site = Site::new().await;
    let (center, store) = (site.open().await, second_store(&site));
    three_versions(&site, &center, &store).await;
    let here = site.store();
    let second = here.list().unwrap().into_iter().find(|image| image.meta.version == 2).unwrap();
    std::fs::remove_file(here.local_file(&second.id).unwrap()).unwrap();
    let error = center.mirror_all(store.clone()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Corrupt, "{error}");
    assert_eq!(images(&store), named(&[("active", 1), ("active", 3), ("base", 3)]));

    // What comes later goes there as well, and all of it makes up the newest version.
    site.import(&center, "four").await;
    save(&center).await;
    assert_eq!(center.mirror_all(store.clone()).await.unwrap_err().kind(), Kind::Corrupt);
    assert_eq!(images(&store), named(&[("active", 1), ("active", 3), ("active", 4), ("base", 4)]));
    let rescued = Place::new().await.rescue(store, None).await.unwrap();
    assert_eq!((rescued.version, rescued.root), (4, center.version(4).await.unwrap().root));
}
