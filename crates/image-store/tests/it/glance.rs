//! A store in a real Glance, which `cargo xtask glance` starts: repeats, broken transfers, and what must never show up.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use fault::Kind;
use image_store::{Credential, GlanceAuth, GlanceStore, Handover, ImageId, ImageMeta, ImageStore, Keystone};
use tempfile::TempDir;

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask glance`"))
}

fn open_store() -> GlanceStore {
    let auth = GlanceAuth::None { user: "driver-center".to_owned(), project: "drivers".to_owned() };
    GlanceStore::new(Some(&variable("DRIVER_CENTER_TEST_GLANCE")), auth, None).unwrap()
}

fn keystone_store(password: &str, endpoint: &str) -> GlanceStore {
    let text = str::to_owned;
    let credential = Credential::Password {
        user: text("admin"),
        user_domain: text("Default"),
        project: text("admin"),
        project_domain: text("Default"),
        password: text(password),
    };
    let keystone = Keystone { url: variable("DRIVER_CENTER_TEST_KEYSTONE"), credential, region: None };
    GlanceStore::new(Some(endpoint), GlanceAuth::Keystone(keystone), None).unwrap()
}

/// An image file of 5 MiB, made by qemu-img.
fn image(directory: &Path) -> PathBuf {
    let (raw, path) = (directory.join("raw"), directory.join("image.qcow2"));
    let bytes: Vec<u8> =
        (0..5_u32 << 18).flat_map(|number| number.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    fs::write(&raw, bytes).unwrap();
    let made = std::process::Command::new("qemu-img")
        .args(["convert", "-f", "raw", "-O", "qcow2"])
        .args([&raw, &path])
        .status()
        .unwrap();
    assert!(made.success());
    path
}

fn meta() -> ImageMeta {
    let parent = Some(ImageId::random());
    let mut meta = ImageMeta::new("driver-center-v7", parent, 7, "ab".repeat(32), 4096);
    meta.properties.insert("made_by".to_owned(), "a test".to_owned());
    meta
}

#[test]
#[ignore = "needs Glance: cargo xtask glance"]
fn a_registered_image_is_found_read_listed_and_deleted() {
    let (directory, store, id, meta) = (TempDir::new().unwrap(), open_store(), ImageId::random(), meta());
    store.check().unwrap();
    let file = image(directory.path());
    let registered = store.register(&id, &file, &meta).unwrap();
    assert_eq!(registered.handover, Handover::Copied);
    let found = store.describe(&id).unwrap();
    assert_eq!((&found.meta, found.size_bytes), (&meta, fs::metadata(&file).unwrap().len()));
    assert_eq!(found.virtual_bytes, 5 << 20);
    assert!(store.list().unwrap().contains(&found));

    assert_eq!(store.register(&id, &file, &meta).unwrap().handover, Handover::Present);
    let other = ImageMeta { version: 8, ..meta };
    assert_eq!(store.register(&id, &file, &other).unwrap_err().kind(), Kind::Conflict);

    let mut bytes = Vec::new();
    store.open(&id).unwrap().read_to_end(&mut bytes).unwrap();
    assert!(bytes == fs::read(&file).unwrap());
    let copy = directory.path().join("copy.qcow2");
    assert_eq!(store.fetch(&id, &copy, &mut |_, _| true).unwrap(), bytes.len() as u64);
    assert!(fs::read(&copy).unwrap() == bytes);

    store.delete(&id).unwrap();
    store.delete(&id).unwrap();
    assert_eq!(store.describe(&id).unwrap_err().notice().unwrap().id, "store.image_missing");
}

#[test]
#[ignore = "needs Glance: cargo xtask glance"]
fn an_upload_that_broke_off_is_missing_and_goes_on_under_its_id() {
    let (directory, store, id, meta) = (TempDir::new().unwrap(), open_store(), ImageId::random(), meta());
    let file = image(directory.path());
    let stopped = store.register_watched(&id, &file, &meta, &mut |done, total| done < total / 2);
    assert_eq!(stopped.unwrap_err().kind(), Kind::Cancelled);
    assert_eq!(store.describe(&id).unwrap_err().kind(), Kind::NotFound);
    assert!(store.list().unwrap().iter().all(|image| image.id != id));
    let unfinished =
        |store: &GlanceStore| store.list_unfinished().unwrap().iter().any(|image| image.id == id);
    assert!(unfinished(&store));
    // Glance notices the end of the connection by itself.
    let begun = std::time::Instant::now();
    let registered = loop {
        match store.register(&id, &file, &meta) {
            Err(error) if error.kind() == Kind::Busy && begun.elapsed().as_secs() < 30 => {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            outcome => break outcome,
        }
    };
    assert_eq!(registered.unwrap().size_bytes, fs::metadata(&file).unwrap().len());
    store.describe(&id).unwrap();
    assert!(!unfinished(&store));
}

#[test]
#[ignore = "needs Glance: cargo xtask glance"]
fn what_is_no_image_is_never_sent_and_nobody_there_is_told() {
    let (directory, store, id) = (TempDir::new().unwrap(), open_store(), ImageId::random());
    let file = directory.path().join("text");
    fs::write(&file, "no image".repeat(100)).unwrap();
    assert_eq!(store.register(&id, &file, &meta()).unwrap_err().notice().unwrap().id, "store.not_qcow2");
    assert_eq!(store.describe(&id).unwrap_err().kind(), Kind::NotFound);

    let auth = GlanceAuth::None { user: "u".to_owned(), project: "p".to_owned() };
    let nobody = GlanceStore::new(Some("http://127.0.0.1:9"), auth, None).unwrap();
    let error = nobody.check().unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Unavailable, "store.unreachable"));
}

#[test]
#[ignore = "needs Glance: cargo xtask glance"]
fn keystone_lets_in_whom_it_knows() {
    let endpoint = variable("DRIVER_CENTER_TEST_GLANCE_TOKENS");
    let (directory, id) = (TempDir::new().unwrap(), ImageId::random());
    let file = image(directory.path());
    let store = keystone_store("password", &endpoint);
    store.register(&id, &file, &meta()).unwrap();
    assert_eq!(store.describe(&id).unwrap().meta.version, 7);
    let error = keystone_store("wrong", &endpoint).check().unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Denied, "store.refused"));
    assert!(!error.to_string().contains("wrong"), "{error}");
}
