//! Registered images in a real Glance, which `cargo xtask glance` starts.

use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use center::{Center, Mirror, Retention};
use fault::{Error, Kind, Result};
use image_store::{
    DirectoryStore, ForeignImage, GlanceAuth, GlanceStore, Image, ImageId, ImageMeta, ImageStore, Progress,
    Registered,
};
use protocol::api;
use protocol::thor::Environment;

use crate::rescue;
use crate::site::{Site, actor};

fn store(endpoint: &str) -> GlanceStore {
    let auth = GlanceAuth::None { user: "driver-center".to_owned(), project: "drivers".to_owned() };
    GlanceStore::new(Some(endpoint), auth, None).unwrap()
}

fn glance() -> GlanceStore {
    let endpoint = std::env::var("DRIVER_CENTER_TEST_GLANCE");
    store(&endpoint.expect("DRIVER_CENTER_TEST_GLANCE is not set: run `cargo xtask glance`"))
}

async fn save(site: &Site, center: &Center, name: &str) {
    site.import(center, name).await;
    let operation = center.save(&actor(), None).await.unwrap();
    assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
}

/// What Glance has of this center, as kind and version, once it is `expected`.
async fn wait_for(center: &Center, expected: &[(&str, u64)]) -> Vec<Image> {
    let begun = Instant::now();
    loop {
        let id = center.center_id().to_owned();
        let images = tokio::task::spawn_blocking(move || {
            let mut images = glance().list().unwrap();
            images.retain(|image| image.meta.properties.get("center") == Some(&id));
            images
        });
        let images = images.await.unwrap();
        let mut found: Vec<(&str, u64)> =
            images.iter().map(|image| (image.meta.properties["kind"].as_str(), image.meta.version)).collect();
        found.sort_unstable();
        if found == expected {
            return images;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{found:?} instead of {expected:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Glance: cargo xtask glance"]
async fn every_active_and_now_and_then_base_go_there_and_what_nobody_needs_goes_again() {
    let site = Site::new().await;
    let retention = Retention { days: 0, versions: 1 };
    let center = site.open_with(|config| config.retention = retention).await;
    save(&site, &center, "first").await;
    center.mirror_to(Mirror { store: Arc::new(glance()), base_every: 2 });
    let images = wait_for(&center, &[("active", 1), ("base", 1)]).await;
    let base = images.iter().find(|image| image.meta.properties["kind"] == "base").unwrap();
    assert_eq!(base.meta.root, center.version(1).await.unwrap().root);
    let (copy, id) = (site.directory.path().join("copy"), base.id.clone());
    let path = copy.clone();
    tokio::task::spawn_blocking(move || glance().fetch(&id, &path, &mut |_, _| true).unwrap()).await.unwrap();
    assert!(std::fs::read(copy).unwrap() == std::fs::read(center.data_dir().base()).unwrap());

    // The first Active goes here; there it is part of the first Base, as the second one is not.
    save(&site, &center, "second").await;
    wait_for(&center, &[("active", 2), ("base", 1)]).await;
    save(&site, &center, "third").await;
    wait_for(&center, &[("active", 3), ("base", 3)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_is_down_stands_in_the_way_of_nothing() {
    let site = Site::new().await;
    let center = site.open().await;
    center.mirror_to(Mirror { store: Arc::new(store("http://127.0.0.1:9")), base_every: 1 });
    save(&site, &center, "first").await;
    assert_eq!(center.mount().await.unwrap().mount_status, 1);
}

/// A store in which the registration of one kind of image in one version breaks off half-way, as Glance may.
struct Breaking {
    inner: DirectoryStore,
    breaks: (&'static str, u64),
    kind: Kind,
    half: Mutex<Vec<Image>>,
}

impl Breaking {
    fn new(site: &Site, breaks: (&'static str, u64), kind: Kind) -> Arc<Self> {
        let inner = DirectoryStore::open(site.directory.path().join("mirror")).unwrap();
        Arc::new(Self { inner, breaks, kind, half: Mutex::default() })
    }

    fn images(&self) -> Vec<(String, u64)> {
        let images = self.inner.list().unwrap().into_iter();
        let mut images: Vec<_> =
            images.map(|image| (image.meta.properties["kind"].clone(), image.meta.version)).collect();
        images.sort();
        images
    }
}

impl ImageStore for Breaking {
    fn register_watched(
        &self,
        id: &ImageId,
        file: &Path,
        meta: &ImageMeta,
        progress: Progress<'_>,
    ) -> Result<Registered> {
        if (meta.properties["kind"].as_str(), meta.version) != self.breaks {
            return self.inner.register_watched(id, file, meta, progress);
        }
        let (id, meta) = (id.clone(), meta.clone());
        self.half.lock().unwrap().push(Image { id, meta, size_bytes: 0, virtual_bytes: 0 });
        Err(Error::new(self.kind, "it broke off"))
    }

    fn describe(&self, id: &ImageId) -> Result<Image> {
        self.inner.describe(id)
    }

    fn open(&self, id: &ImageId) -> Result<Box<dyn Read + Send>> {
        self.inner.open(id)
    }

    fn fetch(&self, id: &ImageId, target: &Path, progress: Progress<'_>) -> Result<u64> {
        self.inner.fetch(id, target, progress)
    }

    fn list(&self) -> Result<Vec<Image>> {
        self.inner.list()
    }

    fn list_unfinished(&self) -> Result<Vec<Image>> {
        Ok(self.half.lock().unwrap().clone())
    }

    fn list_foreign(&self, damaged: &mut dyn FnMut(&Error)) -> Result<Vec<ForeignImage>> {
        self.inner.list_foreign(damaged)
    }

    fn delete(&self, id: &ImageId) -> Result<()> {
        self.half.lock().unwrap().retain(|image| image.id != *id);
        self.inner.delete(id)
    }

    fn free_bytes(&self) -> Option<u64> {
        self.inner.free_bytes()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_broke_off_on_its_way_is_removed_when_a_newer_one_is_there() {
    let site = Site::new().await;
    let center = site.open().await;
    save(&site, &center, "first").await;
    let store = Breaking::new(&site, ("base", 1), Kind::Unavailable);
    assert_eq!(center.mirror_all(store.clone()).await.unwrap_err().kind(), Kind::Unavailable);
    assert_eq!(store.half.lock().unwrap().len(), 1);
    save(&site, &center, "second").await;
    center.mirror_all(store.clone()).await.unwrap();
    assert_eq!(store.half.lock().unwrap().len(), 0);
    assert_eq!(store.images(), [("active", 1), ("active", 2), ("base", 2)].map(|(k, v)| (k.to_owned(), v)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_active_that_is_stuck_on_its_way_keeps_nothing_else_from_going_there() {
    let site = Site::new().await;
    let center = site.open().await;
    save(&site, &center, "first").await;
    save(&site, &center, "second").await;
    let store = Breaking::new(&site, ("active", 1), Kind::Busy);
    assert_eq!(center.mirror_all(store.clone()).await.unwrap_err().kind(), Kind::Busy);
    assert_eq!(store.images(), [("active", 2), ("base", 2)].map(|(k, v)| (k.to_owned(), v)));
    assert!(!store.half.lock().unwrap().is_empty(), "it may be gone on with");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Glance: cargo xtask glance"]
async fn a_center_comes_back_from_glance_alone() {
    let site = Site::new().await;
    let center = rescue::lost(&site, Arc::new(glance())).await;
    rescue::send_actives(&center, Arc::new(glance())).await;
    let root = center.version(3).await.unwrap().root;
    let place = rescue::Place::new().await;
    let rescued = place.rescue(Arc::new(glance()), Some(center.center_id())).await.unwrap();
    rescue::check(&place, &rescued, &root).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Glance: cargo xtask glance"]
async fn all_images_move_there_and_what_differs_is_found() {
    let site = Site::new().await;
    let center = site.open().await;
    save(&site, &center, "first").await;
    save(&site, &center, "second").await;
    let moved = center.mirror_all(Arc::new(glance())).await.unwrap();
    let listed: Vec<(&str, u64)> = moved.iter().map(|image| (image.kind.as_str(), image.version)).collect();
    assert_eq!(listed, [("active", 1), ("active", 2), ("base", 2)]);
    // Once more: nothing is sent, all of it is compared.
    assert_eq!(center.mirror_all(Arc::new(glance())).await.unwrap(), moved);
    let active = site.store().local_file(&ImageId::parse(&moved[0].id).unwrap()).unwrap();
    let mut bytes = std::fs::read(&active).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    // The store keeps its files read-only.
    std::fs::remove_file(&active).unwrap();
    std::fs::write(&active, bytes).unwrap();
    let error = center.mirror_all(Arc::new(glance())).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "move.image_differs");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Glance: cargo xtask glance"]
async fn a_template_is_made_of_an_image_that_somebody_put_into_glance() {
    let site = Site::new().await;
    let center = site.open().await;
    save(&site, &center, "first").await;
    let theirs = put_golden_image(&site);
    center.mirror_to(Mirror { store: Arc::new(glance()), base_every: 1 });
    wait_for(&center, &[("active", 1), ("base", 1)]).await;
    let listed = center.store_images().await.unwrap();
    let golden = listed.iter().find(|image| image.uuid == theirs).unwrap();
    assert_eq!((golden.name.as_str(), golden.template), ("golden", None));
    // The center's own are in both stores, and in neither list.
    assert!(listed.iter().all(|image| !image.name.starts_with("driver-center")), "{listed:?}");

    let request = |name: &str, uuid: &str| api::TemplateRequest {
        name: name.to_owned(),
        os_type: Environment::Number(4),
        kind: 1,
        uuid: Some(uuid.to_owned()),
    };
    let template = center.create_template(&actor(), request("classroom", &theirs)).await.unwrap();
    let listed = center.store_images().await.unwrap();
    assert_eq!(listed.iter().find(|image| image.uuid == theirs).unwrap().template, Some(template.id));
    let unknown = request("office", &ImageId::random().to_string());
    let error = center.create_template(&actor(), unknown).await.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "template.no_image");
}

/// An image that Glance has from somebody else's hands; its id.
fn put_golden_image(site: &Site) -> String {
    let file = site.directory.path().join("golden.qcow2");
    let made = Command::new("qemu-img").args(["create", "-q", "-f", "qcow2"]).arg(&file).arg("20G").status();
    assert!(made.unwrap().success());
    let id = ImageId::random().to_string();
    let put = Command::new("python3").args(["-c", PUT_IMAGE, &id]).arg(&file).status();
    assert!(put.unwrap().success());
    id
}

/// Puts a file into Glance under an id, without a word about driver centers.
const PUT_IMAGE: &str = r#"
import json, os, sys, urllib.request
identity, file = sys.argv[1:]
images = os.environ["DRIVER_CENTER_TEST_GLANCE"] + "/v2/images"
def send(method, url, kind, body):
    headers = {"X-Identity-Status": "Confirmed", "X-User-Id": "others", "X-Tenant-Id": "drivers", "X-Roles": "admin,member",
               "Content-Type": kind}
    urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)).read()
about = {"id": identity, "name": "golden", "disk_format": "qcow2", "container_format": "bare"}
send("POST", images, "application/json", json.dumps(about).encode())
send("PUT", f"{images}/{identity}/file", "application/octet-stream", open(file, "rb").read())
"#;
