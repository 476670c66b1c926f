//! A center from its registered images alone. The store is a directory here; `glance.rs` does the same with Glance.

use std::sync::Arc;
use std::time::{Duration, Instant};

use center::backup::Target;
use center::rescue::{self, Rescued, Source};
use center::{Center, DataDir, Machine, Mirror, db};
use image_store::{DirectoryStore, Image, ImageStore};

use crate::printers;
use crate::site::{Site, actor, noise, read, save};

/// What a center needs to come back.
pub(crate) struct Place {
    pub(crate) site: Site,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self { site: Site::new().await }
    }

    pub(crate) async fn rescue(
        &self,
        store: Arc<dyn ImageStore>,
        center: Option<&str>,
    ) -> fault::Result<Rescued> {
        self.rescue_up_to(store, center, None).await
    }

    async fn rescue_up_to(
        &self,
        store: Arc<dyn ImageStore>,
        center: Option<&str>,
        up_to: Option<u64>,
    ) -> fault::Result<Rescued> {
        let config = self.site.config();
        let target = Target {
            data_dir: DataDir::new(config.data_dir.path()),
            db: db::connect(&self.site.url).await.unwrap(),
            store: self.site.own_store(),
            host: Arc::new(Machine),
            above: None,
        };
        let source = Source { store, center: center.map(str::to_owned), up_to };
        rescue::rescue(source, config, &target, &mut |_| {}).await
    }
}

/// A center with two saved drivers in two versions, a printer and another version, in `store`: Base of the first only.
pub(crate) async fn lost(site: &Site, store: Arc<dyn ImageStore>) -> Center {
    let center = site.open().await;
    site.import(&center, "one").await;
    save(&center).await;
    center.mirror_all(store.clone()).await.unwrap();
    site.import(&center, "two").await;
    let printer = printers::upload(site, &center, &printers::archive(site, "laser", 3000), None);
    center.import(&actor(), printer).await.unwrap();
    save(&center).await;
    site.import(&center, "three").await;
    save(&center).await;
    center
}

/// Brings the Actives there, and no newer Base.
pub(crate) async fn send_actives(center: &Center, store: Arc<dyn ImageStore>) {
    center.mirror_to(Mirror { store: store.clone(), base_every: 1000 });
    let begun = Instant::now();
    loop {
        let from = store.clone();
        let images = tokio::task::spawn_blocking(move || from.list().unwrap()).await.unwrap();
        let own =
            |image: &&Image| image.meta.properties.get("center").is_some_and(|id| id == center.center_id());
        if images.iter().filter(own).map(|image| image.meta.version).max() == Some(3) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "the Actives are not there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Checks that the center is back and whole.
pub(crate) async fn check(place: &Place, rescued: &Rescued, root: &str) {
    assert_eq!((rescued.version, rescued.root.as_str()), (3, root));
    assert_eq!(rescued.drivers, ["one", "three", "two"]);
    assert_eq!((rescued.printers.as_slice(), rescued.left_out.len()), (&["laser".to_owned()][..], 0));
    let center = place.site.open().await;
    assert_eq!(center.center_id(), rescued.center);
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
    let newest = &center.versions(0, 1).await.unwrap()[0];
    assert_eq!((newest.number, newest.root.as_str()), (rescued.number, root));
    assert!(center.head().await.unwrap().head.contains(root));
    for name in ["one", "two", "three"] {
        assert!(
            read(&center, &format!("/sys/tq/{name}/{name}/device.sys")).await == noise(name, 200_000),
            "{name}"
        );
    }
    let drivers = center.drivers().await.unwrap();
    let detail = center.driver(drivers[0].id, &ToString::to_string).await.unwrap();
    assert_eq!((drivers.len(), detail.infs.len()), (3, 1));
    assert_eq!(center.printers().await.unwrap().len(), 1);
    assert_eq!(findings(&center).await, Vec::<String>::new());
    // It goes on like any other.
    site_goes_on(place, &center).await;
}

async fn site_goes_on(place: &Place, center: &Center) {
    place.site.import(center, "four").await;
    let next = save(center).await;
    assert_eq!(center.versions(0, 1).await.unwrap()[0].number, next);
    let first = center.drivers().await.unwrap().iter().find(|driver| driver.name == "one").unwrap().id;
    center.delete_drivers(&actor(), &[first]).await.unwrap();
    save(center).await;
    assert_eq!(findings(center).await, Vec::<String>::new());
}

async fn findings(center: &Center) -> Vec<String> {
    let (id, task) = center.start_verify(&actor(), true).await.unwrap();
    task.await.unwrap().unwrap();
    let report = center.verify_report(Some(&id), &ToString::to_string).await.unwrap();
    report.findings.into_iter().map(|damage| format!("{} {:?}", damage.id, damage.values)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_center_comes_back_from_its_images_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(DirectoryStore::open(folder.path().join("remote")).unwrap());
    let site = Site::new().await;
    let center = lost(&site, store.clone()).await;
    send_actives(&center, store.clone()).await;
    let root = center.versions(0, 1).await.unwrap()[0].root.clone();

    let place = Place::new().await;
    let rescued = place.rescue(store.clone(), None).await.unwrap();
    check(&place, &rescued, &root).await;
    // Only where nothing is.
    let refused = place.rescue(store, Some(center.center_id())).await.unwrap_err();
    assert_eq!(refused.notice().unwrap().id, "backup.not_empty");
}

#[tokio::test(flavor = "multi_thread")]
async fn images_that_do_not_make_up_the_version_bring_nothing_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(DirectoryStore::open(folder.path().join("remote")).unwrap());
    let site = Site::new().await;
    let center = lost(&site, store.clone()).await;
    send_actives(&center, store.clone()).await;
    // The Active in the middle is lost.
    let second = store.list().unwrap().into_iter().find(|image| image.meta.version == 2).unwrap();
    store.delete(&second.id).unwrap();

    let place = Place::new().await;
    let refused = place.rescue(store.clone(), None).await.unwrap_err();
    assert_eq!(refused.notice().unwrap().id, "rescue.differs", "{refused}");
    assert!(
        place
            .site
            .open_on(Arc::new(Machine))
            .await
            .is_err_and(|e| e.notice().is_some_and(|n| n.id == "backup.unfinished"))
    );

    // What came before it is there all the same.
    let earlier = Place::new().await.rescue_up_to(store.clone(), None, Some(2)).await.unwrap();
    assert_eq!((earlier.version, earlier.drivers), (1, vec!["one".to_owned()]));

    // With a newer Base it is not needed, and the same place can be used again.
    center.mirror_all(store.clone()).await.unwrap();
    let root = center.versions(0, 1).await.unwrap()[0].root.clone();
    let rescued = place.rescue(store, None).await.unwrap();
    check(&place, &rescued, &root).await;
}
