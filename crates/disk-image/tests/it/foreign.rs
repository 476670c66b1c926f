//! Images judged by qemu-img, ntfsfix, ntfs-3g and 7-Zip.

use std::path::{Path, PathBuf};
use std::process::Command;

use disk_image::{Image, Layout};

use crate::support::{Disk, Random, foreign, import, names, path, text};

/// Checks a self-contained image with all foreign programs; `look` gets the mounted volume.
pub(crate) fn judge(directory: &Path, image: &Path, offset: u64, look: impl FnOnce(&Path)) {
    let raw = directory.join("judged.raw");
    if foreign("qemu-img", &["check", "-f", "qcow2", text(image)]).is_none() {
        return;
    }
    foreign("qemu-img", &["convert", "-f", "qcow2", "-O", "raw", text(image), text(&raw)]);
    let volume = cut(&raw, offset);
    foreign("ntfsfix", &["-n", text(&volume)]);
    // Compares the clusters of all files with the volume's bitmap.
    foreign("ntfsresize", &["--info", "--force", text(&volume)]);
    mount(directory, &volume, look);
    std::fs::remove_file(&volume).unwrap();
}

/// The volume as a file of its own; `offset` is where it begins.
fn cut(raw: &Path, offset: u64) -> PathBuf {
    if offset > 0 {
        // The partition is moved to the front in place: collapsing works on whole blocks.
        foreign(
            "fallocate",
            &["--collapse-range", "--offset", "0", "--length", &offset.to_string(), text(raw)],
        );
    }
    raw.to_owned()
}

fn mount(directory: &Path, volume: &Path, look: impl FnOnce(&Path)) {
    if !Path::new("/dev/fuse").exists() {
        println!("SKIPPED: no FUSE here");
        return;
    }
    let point = directory.join("mounted");
    std::fs::create_dir_all(&point).unwrap();
    if foreign("ntfs-3g", &["-o", "ro", text(volume), text(&point)]).is_none() {
        return;
    }
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| look(&point)));
    // Lazily: what another test starts holds our descriptors for the moment between its fork and its exec.
    let unmounted = Command::new("fusermount3").args(["-u", "-z", text(&point)]).status().unwrap();
    assert!(unmounted.success());
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn foreign_programs_accept_what_was_merged() {
    for (layout, offset) in [(Layout::WholeVolume, 0), (Layout::MbrPartition, 1 << 20)] {
        let disk = Disk::new(layout);
        let mut random = Random(4);
        let (big, small) = (random.bytes(3_000_000), random.bytes(300));
        let session = disk.edit();
        import(&session, "/sys/tq/包", &[("a/big.bin", big.clone()), ("a/b/small", small.clone())]);
        let many: Vec<(String, Vec<u8>)> =
            (0..600).map(|n| (format!("many/file number {n}"), vec![n as u8; n * 13])).collect();
        let many: Vec<(&str, Vec<u8>)> =
            many.iter().map(|(name, data)| (name.as_str(), data.clone())).collect();
        import(&session, "/sys/wang/many", &many);
        session.remove(&path("/sys/wang/many/many/file number 300")).unwrap();
        session.seal().unwrap();
        disk.merge();
        judge(disk.directory.path(), &disk.base, offset, |root| {
            assert!(std::fs::read(root.join("sys/tq/包/a/big.bin")).unwrap() == big);
            assert!(std::fs::read(root.join("sys/tq/包/a/b/small")).unwrap() == small);
            assert_eq!(std::fs::read_dir(root.join("sys/wang/many/many")).unwrap().count(), 599);
            assert!(root.join("DOS/COMMAND.COM").is_file());
        });
        let listing = foreign("7zz", &["l", "-tqcow", text(&disk.base)]);
        assert!(listing.is_none_or(|text| text.contains("Type = QCOW")));
        let view = disk.view(Image::Base(disk.base.clone()));
        assert_eq!(names(&view, "/sys/tq"), ["包"]);
    }
}
