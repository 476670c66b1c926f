//! Disks that are made larger, judged by foreign programs, and compared with what `mkntfs` makes at once.

use std::path::Path;

use disk_image::{DiskSession, Image, Layout, check, create_active, grow, grow_new, inspect};

use crate::foreign::judge;
use crate::support::{Disk, Random, apply, foreign, import, path, read, small_base, text, worker};

const GIB: u64 = 1 << 30;

/// Grows a Base as the server does: by what was captured.
fn grow_base(disk: &Disk, size: u64) {
    let capture_path = disk.file("grow.capture");
    let before = std::fs::read(&disk.base).unwrap();
    let capture = grow(&worker(), &disk.base, &capture_path, size).unwrap();
    assert!(std::fs::read(&disk.base).unwrap() == before, "Base was changed");
    apply(&disk.base, &capture_path, &capture);
    std::fs::remove_file(&capture_path).unwrap();
    assert_eq!(inspect(&worker(), &disk.base).unwrap().virtual_size_bytes, size);
    assert!(check(&worker(), &disk.base).unwrap().is_clean());
    if disk.active.exists() {
        std::fs::remove_file(&disk.active).unwrap();
    }
    create_active(&worker(), &disk.active, &disk.base).unwrap();
}

fn fill(session: &DiskSession, directory: &str, random: &mut Random) -> Vec<(String, Vec<u8>)> {
    let files = [("big", random.bytes(3_000_000)), ("small", random.bytes(300))];
    import(session, directory, &files);
    files.map(|(name, data)| (format!("{directory}/{name}"), data)).to_vec()
}

fn expect_files(session: &DiskSession, files: &[(String, Vec<u8>)]) {
    for (file, data) in files {
        assert!(&read(session, file) == data, "{file}");
    }
}

fn judge_files(disk: &Disk, offset: u64, files: &[(String, Vec<u8>)]) {
    judge(disk.directory.path(), &disk.base, offset, |root| {
        for (file, data) in files {
            assert!(&std::fs::read(root.join(file.trim_start_matches('/'))).unwrap() == data, "{file}");
        }
    });
}

#[test]
fn a_disk_grows_with_its_volume_and_goes_on_as_any_other() {
    for (layout, offset) in [(Layout::WholeVolume, 0), (Layout::MbrPartition, 1 << 20)] {
        let (disk, mut random) = (Disk::new(layout), Random(41));
        let session = disk.edit();
        let mut files = fill(&session, "/sys/tq/before", &mut random);
        session.seal().unwrap();
        disk.merge();
        // Within one cluster of $Bitmap, over several of them, and over several tables of the image.
        for (step, size) in
            [2 * GIB + (64 << 10), 2 * GIB + (10 << 20), 5 * GIB, 12 * GIB].into_iter().enumerate()
        {
            let space = disk.view(Image::Base(disk.base.clone())).space().unwrap();
            grow_base(&disk, size);
            let now = disk.view(Image::Base(disk.base.clone())).space().unwrap();
            assert!(now.total_bytes > size - offset - 8192 && now.total_bytes < size - offset);
            // Nothing but the new part of $Bitmap takes room.
            let added = now.total_bytes - space.total_bytes;
            assert!(
                now.free_bytes >= space.free_bytes + added - (added / 4096 / 8 + 4096),
                "{space:?} {now:?}"
            );
            judge_files(&disk, offset, &files);
            let session = disk.edit();
            files.extend(fill(&session, &format!("/sys/tq/after {step}"), &mut random));
            session.seal().unwrap();
            disk.merge();
            expect_files(&disk.view(Image::Base(disk.base.clone())), &files);
        }
        judge_files(&disk, offset, &files);
    }
}

#[test]
fn what_is_added_can_be_filled_to_the_end() {
    let disk = small_base();
    grow_base(&disk, 320 << 20);
    let session = disk.edit();
    let free = session.space().unwrap().free_bytes;
    // What is left over is for the records and directories of the files.
    let piece = Random(42).bytes(16_000_000);
    let count = (free - 2_000_000) / piece.len() as u64;
    let names: Vec<String> = (0..count).map(|number| format!("piece {number}")).collect();
    let files: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (name.as_str(), piece.clone())).collect();
    import(&session, "/sys/tq/full", &files);
    session.seal().unwrap();
    disk.merge();
    let files: Vec<_> = names.iter().map(|name| (format!("/sys/tq/full/{name}"), piece.clone())).collect();
    judge_files(&disk, 0, &files);
}

#[test]
fn a_full_volume_grows() {
    let disk = small_base();
    create_active(&worker(), &disk.active, &disk.base).unwrap();
    let session = disk.edit();
    let (mut random, mut files, mut size) = (Random(43), Vec::new(), 32 << 20);
    while size >= 4096 {
        let (name, data) = (format!("/sys/tq/{}", files.len()), random.bytes(size));
        match write(&session, &name, &data) {
            Ok(()) => files.push((name, data)),
            Err(error) => {
                assert_eq!(error.notice().unwrap().id, "disk.volume_full", "{error:?}");
                size /= 2;
            }
        }
    }
    assert_eq!(session.space().unwrap().free_bytes, 0);
    session.seal().unwrap();
    disk.merge();
    grow_base(&disk, 2 * GIB);
    judge_files(&disk, 0, &files);
}

fn write(session: &DiskSession, file: &str, data: &[u8]) -> fault::Result<()> {
    let mut import = session.begin_file(&path(file), data.len() as u64, None, false)?;
    import.data(data)?;
    import.finish().map(drop)
}

/// What one program says of a file of NTFS itself, without what differs by nature.
fn describe(directory: &Path, image: &Path, inode: &str) -> Option<String> {
    let raw = directory.join("described.raw");
    foreign("qemu-img", &["convert", "-f", "qcow2", "-O", "raw", text(image), text(&raw)])?;
    let described = foreign("ntfsinfo", &["-f", "-v", "-i", inode, text(&raw)]);
    std::fs::remove_file(&raw).unwrap();
    let of_files =
        ["Time:", "Number", "LogFile", "Bytes Used", "Data Size:", "Attribute length", "\t\t\t0x", "runs"];
    let lines = described?
        .lines()
        .filter(|line| !of_files.iter().any(|word| line.contains(word)))
        .collect::<Vec<_>>()
        .join("\n");
    Some(lines)
}

#[test]
fn a_disk_that_has_grown_is_laid_out_as_one_that_was_made_so_large() {
    let (grown, made) =
        (Disk::sized(Layout::WholeVolume, 256 * GIB), Disk::sized(Layout::WholeVolume, 512 * GIB));
    let before = std::fs::metadata(&grown.base).unwrap().len();
    grow_base(&grown, 512 * GIB);
    assert!(std::fs::metadata(&grown.base).unwrap().len() <= before + (1 << 20), "it takes room");
    for inode in ["6", "8"] {
        let (grown, made) = (
            describe(grown.directory.path(), &grown.base, inode),
            describe(made.directory.path(), &made.base, inode),
        );
        assert_eq!(grown, made, "record {inode}");
    }
}

#[test]
fn the_first_table_of_the_image_grows_over_a_cluster() {
    let disk = Disk::sized(Layout::WholeVolume, 3 << 40);
    grow_base(&disk, 8 << 40);
    foreign("qemu-img", &["check", "-f", "qcow2", text(&disk.base)]);
    let session = disk.edit();
    let files = fill(&session, "/sys/tq/after", &mut Random(44));
    session.seal().unwrap();
    disk.merge();
    expect_files(&disk.view(Image::Base(disk.base.clone())), &files);
}

#[test]
fn a_new_base_grows_in_place() {
    let disk = small_base();
    grow_new(&worker(), &disk.base, GIB).unwrap();
    assert_eq!(inspect(&worker(), &disk.base).unwrap().virtual_size_bytes, GIB);
    judge_files(&disk, 0, &[]);
}

#[test]
fn sizes_that_cannot_be_are_refused_and_said_before() {
    let (plain, partition) = (Disk::new(Layout::WholeVolume), Disk::new(Layout::MbrPartition));
    let facts = inspect(&worker(), &plain.base).unwrap();
    assert_eq!((facts.virtual_size_bytes, facts.largest_size_bytes), (2 * GIB, 8 << 40));
    // A partition table counts 512 bytes in 32 bits.
    let of_partition = inspect(&worker(), &partition.base).unwrap().largest_size_bytes;
    assert!((2 << 40) - (2 << 20) < of_partition && of_partition < (2 << 40) + (2 << 20), "{of_partition}");
    for (disk, size) in [
        (&plain, 2 * GIB),
        (&plain, GIB),
        (&plain, 3 * GIB + 512),
        (&plain, (8 << 40) + (64 << 10)),
        (&partition, of_partition + (64 << 10)),
    ] {
        let capture = disk.file("refused.capture");
        let error = grow(&worker(), &disk.base, &capture, size).unwrap_err();
        assert_eq!(error.notice().unwrap().id, "disk.bad_options", "{error}");
        drop(std::fs::remove_file(&capture));
    }
    foreign("qemu-img", &["check", "-f", "qcow2", text(&partition.base)]);
}
