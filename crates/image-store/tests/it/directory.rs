//! A store in a directory: repeats, crashes, and what must never show up.

use std::fs;
use std::path::{Path, PathBuf};

use fault::Kind;
use image_store::{DirectoryStore, Handover, ImageId, ImageMeta, ImageStore};
use tempfile::TempDir;

struct Fixture {
    directory: TempDir,
    store: DirectoryStore,
    id: ImageId,
}

impl Fixture {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let store = DirectoryStore::open(directory.path().join("store")).unwrap();
        let id = ImageId::parse("0189f7ea-ae2f-4b6c-8a1d-6f6d2a3f9c10").unwrap();
        Self { directory, store, id }
    }

    /// An image file of 1 MiB + 7 bytes, of version 3, with a hole.
    fn image(&self) -> PathBuf {
        let mut bytes = vec![0; (1 << 20) + 7];
        bytes[..8].copy_from_slice(b"QFI\xfb\0\0\0\x03");
        bytes[28] = 1;
        bytes[(1 << 20) + 6] = 0xee;
        let path = self.directory.path().join("image.qcow2");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name != ".lock");
        names.sort();
        names
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("store")
    }

    /// Another process that starts after this one has died.
    fn reopen(self) -> Self {
        let Self { directory, store, id } = self;
        drop(store);
        let store = DirectoryStore::open(directory.path().join("store")).unwrap();
        Self { directory, store, id }
    }
}

fn meta() -> ImageMeta {
    let mut meta = ImageMeta::new("active", Some(ImageId::random()), 7, "ab".repeat(32), 4096);
    meta.properties.insert("made_by".to_owned(), "a test".to_owned());
    meta
}

fn same(left: &Path, right: &Path) -> bool {
    fs::read(left).unwrap() == fs::read(right).unwrap()
}

#[test]
fn a_registered_image_is_found_read_and_listed() {
    let (test, meta) = (Fixture::new(), meta());
    let file = test.image();
    let registered = test.store.register(&test.id, &file, &meta).unwrap();
    assert_eq!((registered.size_bytes, registered.handover), ((1 << 20) + 7, Handover::Linked));

    let test = test.reopen();
    let image = test.store.describe(&test.id).unwrap();
    assert_eq!((&image.meta, image.size_bytes, image.virtual_bytes), (&meta, (1 << 20) + 7, 1 << 24));
    assert_eq!(test.store.list().unwrap(), [image]);
    let mut bytes = Vec::new();
    test.store.open(&test.id).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, fs::read(&file).unwrap());
    let target = test.directory.path().join("fetched");
    assert_eq!(test.store.fetch(&test.id, &target, &mut |_, _| true).unwrap(), (1 << 20) + 7);
    assert!(same(&target, &file));
}

#[test]
fn a_repeat_changes_nothing_and_another_image_under_the_id_is_a_conflict() {
    let (test, meta) = (Fixture::new(), meta());
    let file = test.image();
    test.store.register(&test.id, &file, &meta).unwrap();
    fs::remove_file(&file).unwrap();
    let again = test.store.register(&test.id, &file, &meta).unwrap();
    assert_eq!(again.handover, Handover::Present, "also when the caller has thrown its file away since");
    let other = ImageMeta { version: 8, ..meta };
    assert_eq!(test.store.register(&test.id, &file, &other).unwrap_err().kind(), Kind::Conflict);
}

#[test]
fn an_image_with_a_backing_file_is_refused() {
    let test = Fixture::new();
    let file = test.image();
    let mut bytes = fs::read(&file).unwrap();
    bytes[15] = 0x70;
    bytes[19] = 9;
    fs::write(&file, bytes).unwrap();
    let error = test.store.register(&test.id, &file, &meta()).unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Invalid, "store.backing_file"));
    assert_eq!(test.files(), [""; 0]);
}

#[test]
fn a_directory_that_is_not_mounted_any_more_is_named() {
    let test = Fixture::new();
    let file = test.image();
    fs::rename(test.path(), test.directory.path().join("aside")).unwrap();
    fs::write(test.path(), b"").unwrap();
    let error = test.store.register(&test.id, &file, &meta()).unwrap_err();
    assert_eq!(error.notice().unwrap().id, "store.unwritable");
    assert_eq!(error.notice().unwrap().values[0].1, test.path().display().to_string());
}

#[test]
fn leftovers_of_a_crash_go_and_never_show_up() {
    let (test, meta) = (Fixture::new(), meta());
    let file = test.image();
    let (image, description) = (format!("{}.qcow2", test.id), format!("{}.json", test.id));
    fs::write(test.path().join(format!("{image}.new")), b"half").unwrap();
    fs::write(test.path().join(format!("{description}.new")), b"{").unwrap();
    assert_eq!(test.store.list().unwrap(), []);

    // Died after the description got its name and before the image did.
    test.store.register(&test.id, &file, &meta).unwrap();
    fs::remove_file(test.path().join(&image)).unwrap();
    assert_eq!(test.store.list().unwrap(), []);
    assert_eq!(test.store.describe(&test.id).unwrap_err().kind(), Kind::NotFound);
    let test = test.reopen();
    assert_eq!(test.files(), [""; 0]);
    test.store.register(&test.id, &file, &meta).unwrap();
    assert_eq!(test.files(), [description, image]);
}

#[test]
fn a_crash_between_any_two_steps_is_made_good_by_a_repeat_without_opening_again() {
    let (test, meta) = (Fixture::new(), meta());
    let file = test.image();
    fs::hard_link(&file, test.path().join(format!("{}.qcow2.new", test.id))).unwrap();
    assert_eq!(test.store.register(&test.id, &file, &meta).unwrap().handover, Handover::Linked);
    fs::remove_file(test.path().join(format!("{}.qcow2", test.id))).unwrap();
    assert_eq!(test.store.register(&test.id, &file, &meta).unwrap().handover, Handover::Linked);
    assert_eq!(test.files().len(), 2);
}

#[test]
fn files_of_others_stay() {
    let test = Fixture::new();
    let file = test.image();
    let foreign = [format!("{}.qcow2", test.id), "notes.txt".to_owned(), "backup.qcow2.new".to_owned()];
    for name in &foreign {
        fs::write(test.path().join(name), b"precious").unwrap();
    }
    let test = test.reopen();
    assert_eq!(test.store.register(&test.id, &file, &meta()).unwrap_err().kind(), Kind::Conflict);
    test.store.delete(&test.id).unwrap();
    for name in &foreign {
        assert_eq!(fs::read(test.path().join(name)).unwrap(), b"precious");
    }
}

#[test]
fn deleting_twice_is_deleting_once() {
    let test = Fixture::new();
    let file = test.image();
    test.store.register(&test.id, &file, &meta()).unwrap();
    for _ in 0..2 {
        test.store.delete(&test.id).unwrap();
        assert_eq!(test.files(), [""; 0]);
    }
    assert_eq!(fs::metadata(&file).unwrap().len(), (1 << 20) + 7, "the caller's file is the caller's");
}

#[test]
fn a_store_without_space_keeps_nothing() {
    let test = Fixture::new();
    // A link needs no space, so the file has to come from another file system.
    let Some(file) = elsewhere(&test) else { return eprintln!("skipped: /dev/shm is no other file system") };
    let Fixture { directory, store, id } = test;
    let test = Fixture { directory, store: store.with_reserve(u64::MAX), id };
    let error = test.store.register(&test.id, file.path(), &meta()).unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::NoSpace, "store.full"));
    assert_eq!(test.files(), [""; 0]);
}

#[test]
fn a_copy_that_is_stopped_leaves_nothing_and_one_that_is_not_is_equal() {
    let test = Fixture::new();
    let Some(file) = elsewhere(&test) else { return eprintln!("skipped: /dev/shm is no other file system") };
    let stopped = test.store.register_watched(&test.id, file.path(), &meta(), &mut |_, _| false).unwrap_err();
    assert_eq!(stopped.kind(), Kind::Cancelled);
    assert_eq!(test.files(), [""; 0]);

    let mut seen = Vec::new();
    let mut watch = |done, total| {
        seen.push((done, total));
        true
    };
    let registered = test.store.register_watched(&test.id, file.path(), &meta(), &mut watch).unwrap();
    assert_eq!(registered.handover, Handover::Copied);
    assert!(same(file.path(), &test.path().join(format!("{}.qcow2", test.id))));
    assert_eq!(seen.last(), Some(&(registered.size_bytes, registered.size_bytes)));
}

/// The fixture's image on a file system that is not the store's.
fn elsewhere(test: &Fixture) -> Option<tempfile::NamedTempFile> {
    use std::os::unix::fs::MetadataExt;
    let file = tempfile::NamedTempFile::new_in("/dev/shm").ok()?;
    fs::write(file.path(), fs::read(test.image()).unwrap()).unwrap();
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    (device(file.path()) != device(&test.path())).then_some(file)
}

#[test]
fn a_second_process_is_kept_out() {
    let test = Fixture::new();
    let error = DirectoryStore::open(test.path()).unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Busy, "store.in_use"));
}

#[test]
fn a_damaged_description_is_named() {
    let test = Fixture::new();
    let file = test.image();
    test.store.register(&test.id, &file, &meta()).unwrap();
    for text in ["{", &" ".repeat(70_000)] {
        fs::write(test.path().join(format!("{}.json", test.id)), text).unwrap();
        let error = test.store.describe(&test.id).unwrap_err();
        assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Corrupt, "store.damaged"));
    }
    test.store.delete(&test.id).unwrap();
    assert_eq!(test.files(), [""; 0]);
}

#[test]
fn a_damaged_description_hides_no_image_of_others_and_nothing_from_who_needs_all() {
    let test = Fixture::new();
    let (file, other) = (test.image(), ImageId::random());
    test.store.register(&test.id, &file, &meta()).unwrap();
    test.store.register(&other, &file, &meta()).unwrap();
    let description = test.path().join(format!("{}.json", test.id));
    let whole = fs::read(&description).unwrap();
    fs::write(&description, "{").unwrap();
    let test = test.reopen();
    let mut told = Vec::new();
    let listed = test.store.list_foreign(&mut |error| told.push(error.to_string())).unwrap();
    assert_eq!(listed.into_iter().map(|image| image.id).collect::<Vec<_>>(), [other]);
    assert!(told.len() == 1 && told[0].contains(&test.id.to_string()), "{told:?}");
    assert_eq!(test.store.list().unwrap_err().notice().unwrap().id, "store.damaged");
    let damaged = test.store.damaged().unwrap();
    assert_eq!(damaged.len(), 1);
    assert!(damaged[0].to_string().contains(&test.id.to_string()), "{}", damaged[0]);
    assert_eq!(test.files().len(), 4, "nothing was removed");

    fs::write(&description, whole).unwrap();
    assert_eq!((test.store.list().unwrap().len(), test.store.damaged().unwrap().len()), (2, 0));
}
