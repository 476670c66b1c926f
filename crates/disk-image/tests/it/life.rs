//! The life of a disk, as the library shows it.

use disk_image::{Access, DiskSession, FileTime, Image, Layout, check};
use fault::Kind;

use crate::support::{Disk, Random, import, names, path, read, time, worker};

#[test]
fn a_new_base_has_the_layout_and_space() {
    for layout in [Layout::WholeVolume, Layout::MbrPartition] {
        let disk = Disk::new(layout);
        let view = disk.view(Image::Base(disk.base.clone()));
        assert_eq!(names(&view, "/"), ["DOS", "pri", "sys"]);
        assert_eq!(names(&view, "/sys"), ["tq", "wang"]);
        assert!(view.stat(&path("/dos/command.com")).unwrap().size > 0);
        let space = view.space().unwrap();
        assert!(space.free_bytes > space.total_bytes / 2 && space.cluster_bytes == 4096, "{space:?}");
        assert!(check(&worker(), &disk.base).unwrap().is_clean());
    }
}

#[test]
fn what_is_imported_can_be_listed_and_read() {
    let disk = Disk::new(Layout::WholeVolume);
    let mut random = Random(1);
    let files = [
        ("empty.txt", Vec::new()),
        ("tiny.inf", b"[Version]".to_vec()),
        ("a/网卡.sys", random.bytes(70_000)),
        ("a/b/large.bin", random.bytes(5_000_000)),
        ("a/b/odd.bin", random.bytes(65_537)),
    ];
    let session = disk.edit();
    import(&session, "/sys/tq/Package", &files);
    session.sync().unwrap();
    for (name, data) in &files {
        assert!(&read(&session, &format!("/sys/tq/Package/{name}")) == data, "{name}");
        // Windows finds it in any case.
        assert!(&read(&session, &format!("/SYS/TQ/PACKAGE/{}", name.to_uppercase())) == data, "{name}");
    }
    let entry = session.stat(&path("/sys/tq/Package/tiny.inf")).unwrap();
    assert_eq!((entry.size, entry.modified), (9, FileTime::from(time(1))));
    let mut seen = Vec::new();
    session
        .walk(&path("/sys/tq"), &mut |path, entry| {
            seen.push((path.to_string(), entry.is_dir));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen.len(), 8, "{seen:?}");
    session.seal().unwrap();
    assert!(check(&worker(), &disk.active).unwrap().is_clean());
}

#[test]
fn small_requests_interleave_with_an_import() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let data = Random(2).bytes(300_000);
    let mut import = session.begin_import(&path("/sys/wang/p")).unwrap();
    for file in 0..5 {
        import.file(&format!("d{}/f{file}", file % 2), data.len() as u64, Some(time(0))).unwrap();
        for piece in data.chunks(40_000) {
            import.data(piece).unwrap();
            assert_eq!(names(&session, "/sys/wang"), ["p"]);
            session.space().unwrap();
        }
        session.sync().unwrap();
        assert!(read(&session, &format!("/sys/wang/p/d{}/f{file}", file % 2)) == data);
    }
    let error = session.begin_import(&path("/sys/wang/q")).unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Busy, "disk.import_running"));
    import.finish().unwrap();
    session.close().unwrap();
}

#[test]
fn an_import_that_is_dropped_leaves_nothing() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let free = session.space().unwrap().free_bytes;
    let mut half = session.begin_import(&path("/pri/half")).unwrap();
    half.file("a/b/c", 10_000_000, Some(time(0))).unwrap();
    half.data(&[1; 100_000]).unwrap();
    drop(half);
    assert!(names(&session, "/pri").is_empty());
    let mut half = session.begin_file(&path("/pri/x.zip"), 10, Some(time(0)), false).unwrap();
    half.data(&[1; 9]).unwrap();
    half.cancel().unwrap();
    assert!(names(&session, "/pri").is_empty());
    let lost = free - session.space().unwrap().free_bytes;
    assert!(lost < 256 * 1024, "{lost} bytes lost");
    session.seal().unwrap();
}

#[test]
fn names_that_exist_are_refused_in_any_case() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    import(&session, "/sys/tq/ä", &[("x", vec![1])]);
    for existing in ["/sys/tq/ä", "/SYS/TQ/Ä"] {
        let error = session.begin_import(&path(existing)).unwrap_err();
        assert_eq!(
            (error.kind(), error.notice().unwrap().id.as_ref()),
            (Kind::Conflict, "disk.exists"),
            "{existing}"
        );
    }
    let mut twice = session.begin_import(&path("/sys/tq/twice")).unwrap();
    twice.file("dir/File.inf", 0, Some(time(0))).unwrap();
    twice.file("DIR/fILE.INF", 0, Some(time(0))).unwrap();
    let error = twice.finish().unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Conflict, "disk.exists"));
    assert_eq!(error.notice().unwrap().values[0].1, "/DIR/fILE.INF");
    assert_eq!(names(&session, "/sys/tq"), ["ä"]);
    import(&session, "/sys/tq/after", &[("dir/a", vec![1]), ("DIR/b", vec![2])]);
    assert_eq!(names(&session, "/sys/tq/after/dir"), ["a", "b"]);
    session.close().unwrap();
}

#[test]
fn a_file_is_replaced_only_when_it_is_whole() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let write = |data: &[u8], replace| {
        let mut file = session.begin_file(&path("/pri/hp.zip"), data.len() as u64, Some(time(5)), replace)?;
        file.data(data)?;
        file.finish()
    };
    write(b"old", false).unwrap();
    assert_eq!(write(b"other", false).unwrap_err().kind(), Kind::Conflict);
    let mut half = session.begin_file(&path("/pri/hp.zip"), 3, Some(time(6)), true).unwrap();
    half.data(b"n").unwrap();
    assert_eq!(read(&session, "/pri/hp.zip"), b"old");
    half.cancel().unwrap();
    assert_eq!(read(&session, "/pri/hp.zip"), b"old");
    write(b"newer", true).unwrap();
    assert_eq!(
        (read(&session, "/pri/HP.ZIP"), names(&session, "/pri")),
        (b"newer".to_vec(), vec!["hp.zip".to_owned()])
    );
    let error = session.begin_file(&path("/sys/tq"), 1, Some(time(0)), true).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    session.close().unwrap();
}

#[test]
fn removing_gives_the_space_back() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let data = Random(3).bytes(200_000);
    let files: Vec<(String, Vec<u8>)> =
        (0..200).map(|n| (format!("d{}/f{n}", n % 7), data.clone())).collect();
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, data)| (name.as_str(), data.clone())).collect();
    let before = session.space().unwrap().free_bytes;
    import(&session, "/sys/tq/p", &files);
    assert!(session.space().unwrap().free_bytes < before - 40_000_000);
    session.remove(&path("/sys/TQ/p")).unwrap();
    assert!(names(&session, "/sys/tq").is_empty());
    assert!(session.space().unwrap().free_bytes + 2_000_000 > before);
    let error = session.remove(&path("/sys/tq/p")).unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::NotFound, "disk.not_found"));
    assert!(session.remove(&path("/")).is_err());
    assert!(session.remove(&path("/$MFT")).is_err());
    let report = session.seal().unwrap();
    assert!(report.discarded_bytes > 39_000_000, "{report:?}");
    assert!(report.allocated_bytes < 5_000_000, "{report:?}");
}

#[test]
fn a_full_volume_refuses_an_import_and_stays_usable() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let mut large = session.begin_import(&path("/sys/tq/large")).unwrap();
    large.file("huge.bin", 3 << 30, Some(time(0))).unwrap();
    let chunk = vec![7; 1 << 20];
    let error = (0..3 << 10).find_map(|_| large.data(&chunk).err()).expect("the volume is smaller");
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::NoSpace, "disk.volume_full"));
    drop(large);
    assert!(names(&session, "/sys/tq").is_empty());
    import(&session, "/sys/tq/small", &[("a", vec![1; 1000])]);
    session.seal().unwrap();
}

#[test]
fn two_sessions_cannot_write_one_active() {
    let disk = Disk::new(Layout::WholeVolume);
    let first = disk.edit();
    let error = DiskSession::open(&worker(), disk.image(), Access::Write).unwrap_err();
    assert_eq!((error.kind(), error.notice().unwrap().id.as_ref()), (Kind::Busy, "disk.locked"));
    first.close().unwrap();
    disk.edit().close().unwrap();
}

#[test]
fn a_large_directory_is_listed_whole() {
    let disk = Disk::new(Layout::WholeVolume);
    let session = disk.edit();
    let mut import = session.begin_import(&path("/sys/wang/large")).unwrap();
    for file in 0..2_500 {
        import.file(&format!("f{file:05}"), 0, None).unwrap();
    }
    for directory in 0..30 {
        import.directory(&format!("deep/{}", ["d"; 40].join("/") + &directory.to_string()), None).unwrap();
    }
    import.finish().unwrap();
    let listed = session.list(&path("/sys/wang/large")).unwrap();
    assert_eq!(listed.len(), 2_501);
    assert!(listed.iter().skip(1).map(|entry| &entry.name).is_sorted());
    assert!(session.list(&path("/sys/wang/large/f00000")).is_err());
    assert!(session.list(&path("/pri")).unwrap().is_empty());
    session.remove(&path("/sys/wang/large")).unwrap();
    session.seal().unwrap();
}
