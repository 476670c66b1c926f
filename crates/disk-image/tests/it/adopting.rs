//! Taking over disks that others made.

use std::path::{Path, PathBuf};

use disk_image::{CreateOptions, DiskPath, Image, Layout, adopt_base, check, create_base};
use fault::{Error, Kind, Result};

use crate::foreign::judge;
use crate::support::{Disk, foreign, import, names, path, read, small_base, text, worker};

fn adopt(source: &Path, dest: &Path) -> Result<disk_image::ImageInfo> {
    adopt_base(&worker(), source, dest, &mut |_, _| true)
}

fn notice(error: &Error) -> (Kind, &str, Vec<String>) {
    let notice = error.notice().expect("a refusal has a notice");
    (error.kind(), &notice.id, notice.values.iter().map(|(_, value)| value.clone()).collect())
}

/// An NTFS as `mkntfs` makes it, in an image as `qemu-img` makes it: what virt-make-fs does.
fn foreign_image(directory: &Path, options: &str) -> Option<PathBuf> {
    let (raw, image) = (directory.join("foreign.raw"), directory.join("foreign.qcow2"));
    std::fs::File::create(&raw).unwrap().set_len(200 << 20).unwrap();
    foreign("mkntfs", &["-q", "-F", "-Q", text(&raw)])?;
    foreign("qemu-img", &["convert", "-f", "raw", "-O", "qcow2", "-o", options, text(&raw), text(&image)])?;
    std::fs::remove_file(&raw).unwrap();
    Some(image)
}

#[test]
fn foreign_bases_are_brought_into_form() {
    let cases = [
        ("compat=1.1", false),
        ("compat=0.10", true),
        ("compat=1.1,cluster_size=4096", true),
        ("compat=1.1,lazy_refcounts=on", true),
        ("compat=1.1,compression_type=zstd", true),
        ("compat=1.1,extended_l2=on", true),
        ("compat=1.1,refcount_bits=1", true),
    ];
    for (options, normalised) in cases {
        let directory = tempfile::tempdir().unwrap();
        let Some(source) = foreign_image(directory.path(), options) else { return };
        let before = std::fs::read(&source).unwrap();
        let dest = directory.path().join("base.qcow2");
        let info = adopt(&source, &dest).unwrap();
        assert_eq!((info.normalised, info.layout), (normalised, Layout::WholeVolume), "{options}");
        assert!(std::fs::read(&source).unwrap() == before, "the source has changed");
        assert!(check(&worker(), &dest).unwrap().is_clean());
        let view =
            disk_image::DiskSession::open(&worker(), Image::Base(dest.clone()), disk_image::Access::Read)
                .unwrap();
        assert_eq!(
            (names(&view, "/"), names(&view, "/sys")),
            (vec!["DOS".into(), "pri".into(), "sys".into()], vec!["tq".to_owned(), "wang".to_owned()])
        );
        drop(view);
        judge(directory.path(), &dest, 0, |root| assert!(root.join("DOS/COMMAND.COM").is_file()));
    }
}

#[test]
fn content_survives_adoption_also_compressed() {
    for layout in [Layout::WholeVolume, Layout::MbrPartition] {
        let disk = Disk::new(layout);
        let session = disk.edit();
        import(&session, "/sys/tq/p", &[("a", vec![7; 300_000])]);
        session.seal().unwrap();
        disk.merge();
        let compressed = disk.file("compressed.qcow2");
        let convert = ["convert", "-c", "-f", "qcow2", "-O", "qcow2", text(&disk.base), text(&compressed)];
        let sources = match foreign("qemu-img", &convert) {
            Some(_) => vec![(disk.base.clone(), false), (compressed, true)],
            None => vec![(disk.base.clone(), false)],
        };
        for (source, normalised) in sources {
            let dest = disk.file("adopted.qcow2");
            let info = adopt(&source, &dest).unwrap();
            assert_eq!((info.normalised, info.layout), (normalised, layout));
            assert_eq!(read(&disk.view(Image::Base(dest.clone())), "/sys/tq/p/a"), vec![7; 300_000]);
            std::fs::remove_file(dest).unwrap();
        }
    }
}

#[test]
fn images_that_name_other_files_are_refused() {
    let disk = small_base();
    let dest = disk.file("dest.qcow2");
    let overlay = disk.file("overlay.qcow2");
    let create = ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", text(&disk.base), text(&overlay)];
    if foreign("qemu-img", &create).is_none() {
        return;
    }
    let external = disk.file("external.qcow2");
    let option = format!("data_file={}", text(&disk.file("external.data")));
    foreign("qemu-img", &["create", "-q", "-f", "qcow2", "-o", &option, text(&external), "64M"]);
    for (source, feature) in [(overlay, "backing file"), (external, "external data file")] {
        let error = adopt(&source, &dest).unwrap_err();
        let values = vec![text(&source).to_owned(), feature.to_owned()];
        assert_eq!(notice(&error), (Kind::Invalid, "disk.unsupported_image", values));
        assert!(!dest.exists());
    }
}

#[test]
fn damaged_and_dirty_bases_are_refused() {
    let disk = small_base();
    let dest = disk.file("dest.qcow2");
    // The first data cluster gets a reference count of zero.
    let damaged = disk.file("damaged.qcow2");
    let mut bytes = std::fs::read(&disk.base).unwrap();
    let table = u64::from_be_bytes(bytes[48..56].try_into().unwrap()) as usize;
    let block = u64::from_be_bytes(bytes[table..table + 8].try_into().unwrap()) as usize;
    bytes[block + 20..block + 22].fill(0);
    std::fs::write(&damaged, &bytes).unwrap();
    assert_eq!(notice(&adopt(&damaged, &dest).unwrap_err()).1, "disk.image_damaged");

    let dirty = disk.file("dirty.qcow2");
    let raw = disk.file("dirty.raw");
    if foreign("qemu-img", &["convert", "-f", "qcow2", "-O", "raw", text(&disk.base), text(&raw)]).is_some() {
        // It sets the flag that asks Windows for a check.
        foreign("ntfsfix", &[text(&raw)]);
        foreign("qemu-img", &["convert", "-f", "raw", "-O", "qcow2", text(&raw), text(&dirty)]);
        assert_eq!(notice(&adopt(&dirty, &dest).unwrap_err()).1, "disk.ntfs_dirty");
    }
    assert!(!dest.exists());
    assert_eq!(notice(&adopt(&disk.base, &disk.base).unwrap_err()).1, "disk.path_exists");
}

#[test]
fn impossible_options_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path().join("base.qcow2");
    let options = |virtual_size_bytes, label: &str| CreateOptions {
        virtual_size_bytes,
        label: label.to_owned(),
        ..CreateOptions::default()
    };
    for (options, bad) in [
        (options(1 << 20, ""), "size"),
        (options((1 << 30) + 1, ""), "size"),
        (options(u64::MAX, ""), "size"),
        (options(1 << 30, &"x".repeat(33)), "label"),
        (options(1 << 30, "a\nb"), "label"),
    ] {
        let error = create_base(&worker(), &base, &options).unwrap_err();
        assert_eq!(notice(&error), (Kind::Invalid, "disk.bad_options", vec![bad.to_owned()]));
    }
    create_base(&worker(), &base, &options(1 << 30, "-F")).unwrap();
    assert_eq!(
        notice(&create_base(&worker(), &base, &options(1 << 30, "")).unwrap_err()).1,
        "disk.path_exists"
    );
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "something was left behind");
    assert!(DiskPath::new("/").unwrap().is_root() && path("/pri").names().count() == 1);
}
