//! Damaged images and full disks: an error, never a hang, and never the end of the caller.

use std::process::Command;
use std::time::{Duration, Instant};

use disk_image::{Access, DiskSession, Image, Layout, check, create_active};
use fault::{Kind, Result};

use crate::support::{Disk, Random, import, path, text, worker};

/// Walks and reads everything, then changes something.
fn exercise(disk: &Disk) -> Result<()> {
    let session = DiskSession::open(&worker(), disk.image(), Access::Write)?;
    let mut files = Vec::new();
    session.walk(&path("/"), &mut |path, entry| {
        if !entry.is_dir && entry.size < 1 << 24 && files.len() < 100 {
            files.push(path.clone());
        }
        match files.len() + path.names().count() < 200 {
            true => Ok(()),
            false => Err(fault::Error::cancelled("enough")),
        }
    })?;
    for file in &files {
        session.read(file, &mut std::io::sink())?;
    }
    session.remove(&path("/sys/tq/p"))?;
    let mut import = session.begin_import(&path("/sys/wang/q"))?;
    import.file("x/y", 100_000, None)?;
    import.data(&[1; 100_000])?;
    import.finish()?;
    session.seal().map(drop)
}

#[test]
fn damage_in_ntfs_is_survived() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let many: Vec<(String, Vec<u8>)> =
        (0..60).map(|n| (format!("d/file {n}"), vec![n as u8; n * 100])).collect();
    let many: Vec<(&str, Vec<u8>)> = many.iter().map(|(name, data)| (name.as_str(), data.clone())).collect();
    import(&session, "/sys/tq/p", &many);
    session.seal().unwrap();
    disk.merge();
    let whole = std::fs::read(&disk.base).unwrap();
    let marks = [b"FILE".as_slice(), b"INDX".as_slice()];
    let records: Vec<usize> =
        (0..whole.len() - 4).step_by(512).filter(|&at| marks.contains(&&whole[at..at + 4])).collect();
    assert!(records.len() > 60);
    let (mut random, mut refused) = (Random(51), 0);
    for _ in 0..60 {
        let mut bytes = whole.clone();
        for _ in 0..=random.next() % 6 {
            let record = records[(random.next() % records.len() as u64) as usize];
            // Not the last two bytes of a sector, which would only fail the fixup.
            bytes[record + (random.next() % 500) as usize] = random.next() as u8;
        }
        std::fs::write(&disk.base, &bytes).unwrap();
        disk_image::remove_active(&disk.active).unwrap();
        create_active(&worker(), &disk.active, &disk.base).unwrap();
        let start = Instant::now();
        refused += u32::from(exercise(&disk).is_err());
        assert!(start.elapsed() < Duration::from_secs(60), "it hangs");
    }
    assert!(refused > 0, "no damage was ever noticed");
}

#[test]
fn damage_in_qcow2_is_survived() {
    let disk = Disk::new(Layout::WholeVolume);
    let whole = std::fs::read(&disk.base).unwrap();
    let long = |at: usize| u64::from_be_bytes(whole[at..at + 8].try_into().unwrap()) as usize;
    let (l1, counts) = (long(40), long(48));
    let tables = [0, l1, counts, long(l1) & 0x00ff_ffff_ffff_fe00, long(counts)];
    let mut random = Random(52);
    for turn in 0..100 {
        let mut bytes = whole.clone();
        let table = tables[turn % tables.len()];
        bytes[table + (random.next() % 128) as usize] ^= 1 << (random.next() % 8);
        std::fs::write(&disk.base, &bytes).unwrap();
        disk_image::remove_active(&disk.active).unwrap();
        let _ = check(&worker(), &disk.base);
        if create_active(&worker(), &disk.active, &disk.base).is_ok() {
            let start = Instant::now();
            let _ = exercise(&disk);
            let scratch = disk.file("capture");
            let _ = disk_image::merge(&worker(), &disk.active, &disk.base, &scratch, &mut |_, _| true);
            let _ = std::fs::remove_file(&scratch);
            assert!(start.elapsed() < Duration::from_secs(60), "it hangs");
        }
    }
}

/// A file system with little room; only root can make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(megabytes: u32) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none", text(directory.path())]).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(directory)),
            _ => {
                println!("SKIPPED: no right to mount a small file system");
                None
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_host_disk_is_told_and_the_active_is_refused() {
    let Some(small) = SmallDisk::new(8) else { return };
    let disk = Disk::new(Layout::WholeVolume);
    let active = small.0.path().join("active.qcow2");
    create_active(&worker(), &active, &disk.base).unwrap();
    let image = || Image::Active { active: active.clone(), base: disk.base.clone() };
    let session = DiskSession::open(&worker(), image(), Access::Write).unwrap();
    let mut import = session.begin_import(&path("/sys/tq/p")).unwrap();
    import.file("a", 20 << 20, None).unwrap();
    let error = (0..20).find_map(|_| import.data(&[1; 1 << 20]).err());
    let error = error.unwrap_or_else(|| import.finish().expect_err("20 MB do not fit in 8"));
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::NoSpace, "disk.no_space"));
    assert_eq!(session.sync().unwrap_err().kind(), Kind::NoSpace);
    assert_eq!(session.begin_import(&path("/sys/tq/q")).unwrap_err().kind(), Kind::NoSpace);
    assert!(session.seal().is_err());
    let error = DiskSession::open(&worker(), image(), Access::Write).unwrap_err();
    assert_eq!(error.notice().unwrap().id, "disk.active_unclean");
}
