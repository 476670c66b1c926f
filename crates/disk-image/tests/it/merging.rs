//! Merges of random versions, compared with what `qemu-img commit` makes of the same Active.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use disk_image::{Access, Capture, DiskSession, Image, Layout, check, save_ranges};
use fault::Kind;

use crate::foreign::judge;
use crate::support::{Disk, Random, apply, foreign, import, names, path, read, text, worker};

/// Imports, removes and replaces at random; answers what must then be on the disk.
fn edit(disk: &Disk, random: &mut Random, version: usize, kept: &mut Vec<(String, Vec<u8>)>) {
    let session = disk.edit();
    for _ in 0..random.next() % 3 {
        if !kept.is_empty() {
            let index = (random.next() % kept.len() as u64) as usize;
            session.remove(&path(&kept.swap_remove(index).0)).unwrap();
        }
    }
    for package in 0..=random.next() % 3 {
        let directory = format!("/sys/tq/version {version} package {package}");
        let count = random.next() % 40;
        let files: Vec<(String, Vec<u8>)> = (0..count)
            .map(|file| {
                let scale = [100, 5_000, 70_000, 900_000][(random.next() % 4) as usize];
                let length = (random.next() % scale) as usize;
                (format!("d{}/{file}", random.next() % 4), random.bytes(length))
            })
            .collect();
        let borrowed: Vec<(&str, Vec<u8>)> =
            files.iter().map(|(name, data)| (name.as_str(), data.clone())).collect();
        import(&session, &directory, &borrowed);
        kept.extend(files.into_iter().map(|(name, data)| (format!("{directory}/{name}"), data)));
    }
    session.seal().unwrap();
}

/// What QEMU makes of the same Active: the content must be the same.
fn compare_with_commit(disk: &Disk) {
    let (active, base) = (disk.file("qemu-active.qcow2"), disk.file("qemu-base.qcow2"));
    std::fs::copy(&disk.active, &active).unwrap();
    std::fs::copy(&disk.base, &base).unwrap();
    let merged = disk.file("merged.qcow2");
    std::fs::copy(&disk.base, &merged).unwrap();
    let scratch = disk.file("compare.capture");
    let capture = disk_image::merge(&worker(), &disk.active, &disk.base, &scratch, &mut |_, _| true).unwrap();
    apply(&merged, &scratch, &capture);
    std::fs::remove_file(&scratch).unwrap();
    assert!(check(&worker(), &merged).unwrap().is_clean());
    if let Some(info) = foreign("qemu-img", &["info", "-f", "qcow2", text(&active)]) {
        assert!(!info.contains("backing"), "an image store would refuse it: {info}");
        foreign("qemu-img", &["check", "-f", "qcow2", text(&active)]);
    }
    if foreign("qemu-img", &["rebase", "-u", "-F", "qcow2", "-b", text(&base), text(&active)]).is_some() {
        foreign("qemu-img", &["commit", "-f", "qcow2", text(&active)]);
        foreign("qemu-img", &["compare", "-f", "qcow2", "-F", "qcow2", text(&base), text(&merged)]);
        foreign("qemu-img", &["check", "-f", "qcow2", text(&merged)]);
    }
}

#[test]
fn random_versions_merge_as_qemu_would() {
    for (seed, layout) in [(11, Layout::WholeVolume), (12, Layout::MbrPartition)] {
        let (disk, mut random, mut kept) = (Disk::new(layout), Random(seed), Vec::new());
        for version in 0..8 {
            edit(&disk, &mut random, version, &mut kept);
            compare_with_commit(&disk);
            disk.merge();
        }
        let view = disk.view(Image::Base(disk.base.clone()));
        for (file, data) in &kept {
            assert!(&read(&view, file) == data, "{file}");
        }
        let offset = if layout == Layout::WholeVolume { 0 } else { 1 << 20 };
        judge(disk.directory.path(), &disk.base, offset, |root| {
            for (file, data) in &kept {
                assert!(&std::fs::read(root.join(file.trim_start_matches('/'))).unwrap() == data, "{file}");
            }
        });
    }
}

#[test]
fn space_that_a_removal_frees_is_used_again() {
    let disk = Disk::new(Layout::WholeVolume);
    let mut random = Random(21);
    let mut lengths = Vec::new();
    for version in 0..6 {
        let session = disk.edit();
        import(&session, &format!("/sys/tq/{version}"), &[("a", random.bytes(20_000_000))]);
        if version > 0 {
            session.remove(&path(&format!("/sys/tq/{}", version - 1))).unwrap();
        }
        let report = session.seal().unwrap();
        if version > 0 {
            assert!(report.released_base_bytes > 19_000_000, "{report:?}");
        }
        lengths.push(disk.merge().new_length);
    }
    // Each gives back what the one before took, and the merge uses it.
    assert!(lengths[5] < lengths[0] + 3_000_000, "Base grows: {lengths:?}");
}

#[test]
fn a_merge_changes_neither_image() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    import(&session, "/pri/p", &[("a", Random(31).bytes(100_000))]);
    session.seal().unwrap();
    let bytes = |path: &Path| std::fs::read(path).unwrap();
    let before = (bytes(&disk.base), bytes(&disk.active));
    let scratch = disk.file("capture");
    disk_image::merge(&worker(), &disk.active, &disk.base, &scratch, &mut |_, _| true).unwrap();
    assert!(before == (bytes(&disk.base), bytes(&disk.active)));
    let again = disk_image::merge(&worker(), &disk.active, &disk.base, &scratch, &mut |_, _| true);
    assert!(again.is_err(), "an old capture was overwritten");
}

#[test]
fn a_merge_can_be_cancelled() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    import(&session, "/pri/p", &[("a", Random(32).bytes(40_000_000))]);
    session.seal().unwrap();
    let mut told = Vec::new();
    let mut cancel = |done, total| {
        told.push((done, total));
        false
    };
    let error = disk_image::merge(&worker(), &disk.active, &disk.base, &disk.file("capture"), &mut cancel)
        .unwrap_err();
    assert_eq!((error.kind(), told.len()), (Kind::Cancelled, 1));
    assert!(told[0].0 <= told[0].1 && told[0].1 >= 40_000_000, "{told:?}");
}

#[test]
fn an_active_of_another_size_is_refused() {
    let (disk, other) = (Disk::new(Layout::WholeVolume), crate::support::small_base());
    let active = other.file("active.qcow2");
    disk_image::create_active(&worker(), &active, &other.base).unwrap();
    let error = disk_image::merge(&worker(), &active, &disk.base, &disk.file("capture"), &mut |_, _| true)
        .unwrap_err();
    assert_eq!(error.notice().unwrap().id, "disk.image_damaged");
}

/// What Base was before a merge, as bytes that lie over it.
fn earlier(disk: &Disk, before: &[u8], capture: &Capture) -> Image {
    let (scratch, ranges) = (disk.file("scratch"), disk.file("ranges"));
    let file = File::create(&scratch).unwrap();
    let length = before.len() as u64;
    let within = |range: &Range<u64>| range.start.min(length)..range.end.min(length);
    let old: Vec<Range<u64>> = capture.ranges.iter().map(within).filter(|range| !range.is_empty()).collect();
    for range in &old {
        file.write_all_at(&before[range.start as usize..range.end as usize], range.start).unwrap();
    }
    save_ranges(&ranges, &old).unwrap();
    Image::Earlier { base: disk.base.clone(), scratch, ranges, length }
}

#[test]
fn a_base_can_be_read_as_it_was_earlier_and_not_be_written() {
    let disk = Disk::new(Layout::WholeVolume);
    let mut random = Random(51);
    let (old, other) = (random.bytes(2_000_000), random.bytes(300_000));
    let session = disk.edit();
    import(&session, "/sys/tq/old", &[("a", old.clone())]);
    session.seal().unwrap();
    disk.merge();
    let before = std::fs::read(&disk.base).unwrap();
    let session = disk.edit();
    session.remove(&path("/sys/tq/old")).unwrap();
    import(&session, "/sys/tq/new", &[("b", random.bytes(9_000_000)), ("c", other.clone())]);
    session.seal().unwrap();
    let capture = disk.merge();
    assert!(capture.new_length > before.len() as u64, "Base has become longer");

    let image = earlier(&disk, &before, &capture);
    let view = disk.view(image.clone());
    assert_eq!(names(&view, "/sys/tq"), ["old"]);
    assert!(read(&view, "/sys/tq/old/a") == old);
    let now = disk.view(Image::Base(disk.base.clone()));
    assert_eq!(names(&now, "/sys/tq"), ["new"]);
    assert!(read(&now, "/sys/tq/new/c") == other);
    let refused = DiskSession::open(&worker(), image, Access::Write);
    assert_eq!(refused.unwrap_err().kind(), Kind::Bug);
}

#[test]
fn ranges_of_an_earlier_base_that_cannot_be_are_refused() {
    let disk = Disk::new(Layout::WholeVolume);
    let before = std::fs::read(&disk.base).unwrap();
    let length = before.len() as u64;
    let bad = [
        vec![(0, length + 1)],
        vec![(4096, 8192), (0, 4096)],
        vec![(0, 8192), (4096, 12_288)],
        vec![(4096, 4096)],
    ];
    for ranges in bad {
        let ranges: Vec<Range<u64>> = ranges.into_iter().map(|(start, end)| start..end).collect();
        let image = earlier(&disk, &before, &Capture::default());
        let Image::Earlier { ranges: file, .. } = &image else { panic!("another image") };
        save_ranges(file, &ranges).unwrap();
        let outcome = DiskSession::open(&worker(), image, Access::Read);
        assert!(outcome.is_err(), "{ranges:?} are accepted");
    }
}
