//! The reader as a process: what happens when it misbehaves, dies or is told to stop, and what it cannot reach.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use driver_package::reader::{read, read_until};
use driver_package::{Event, Limits, PackageReport, ReaderProgram};
use fault::{Error, Kind, Result};

use crate::support::{notice, program};

/// A place that every user can reach, and an archive in it.
fn bench() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    let archive = directory.path().join("a.zip");
    fs::write(&archive, "content that a false reader does not look at").unwrap();
    (directory, archive)
}

/// Another process makes the copy that is run: what this one has open for writing, a child that another test starts at
/// that moment has open too, and such a file cannot be run.
fn script(path: &Path, text: &str) -> PathBuf {
    let draft = path.with_extension("draft");
    fs::write(&draft, format!("#!/bin/sh\n{text}\n")).unwrap();
    let status = Command::new("install").args(["-m", "755"]).arg(draft).arg(path).status().unwrap();
    assert!(status.success(), "{status}");
    path.to_owned()
}

/// Reads through a false reader: a script that stands for one that was taken over.
fn read_with(text: &str, limits: &Limits) -> Result<PackageReport> {
    let (directory, archive) = bench();
    let reader = ReaderProgram::new(script(&directory.path().join("reader"), text));
    read(&reader, &archive, "a.zip", limits, &mut |_| Ok(()))
}

#[test]
fn a_reader_that_dies_is_unavailable() {
    for (text, expected) in [
        ("kill -9 $$", "signal 9"),
        ("echo out of memory >&2; exit 3", "out of memory"),
        ("exit 0", "exit status: 0"),
    ] {
        let error = read_with(text, &Limits::default()).unwrap_err();
        assert_eq!((error.kind(), notice(&error)), (Kind::Unavailable, "package.reader_failed"), "{text}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_reader_that_breaks_the_rules_is_stopped() {
    // An unknown message; a length over the limit; data without a file; a listing that is no JSON.
    for text in
        [r"printf 'Q\0\0\0\0'", r"printf 'B\377\377\377\377'", r"printf 'B\1\0\0\0x'", r"printf 'L\1\0\0\0{'"]
    {
        let error = read_with(&format!("{text}; exec /bin/sleep 100"), &Limits::default()).unwrap_err();
        assert_eq!(notice(&error), "package.reader_failed", "{text}: {error}");
    }
}

#[test]
fn a_reader_that_says_nothing_or_never_ends_is_stopped() {
    let limits = Limits { stall_ms: 200, ..Limits::default() };
    let error = read_with("exec /bin/sleep 100", &limits).unwrap_err();
    assert_eq!((error.kind(), notice(&error)), (Kind::Unavailable, "package.stalled"));

    let limits = Limits { total_ms: 300, ..Limits::default() };
    let error = read_with(r"while :; do printf 'A\0\0\0\0'; done", &limits).unwrap_err();
    assert_eq!((error.kind(), notice(&error)), (Kind::Invalid, "package.too_slow"));
}

#[test]
fn cancelling_kills_the_reader_and_what_it_started() {
    let (directory, archive) = bench();
    let pid_file = directory.path().join("pid");
    let text = format!("/bin/sleep 1000 & echo $! > {0}.new; /bin/mv {0}.new {0}; wait", pid_file.display());
    let reader = ReaderProgram::new(script(&directory.path().join("reader"), &text));
    let cancel = AtomicBool::new(false);
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            within("the reader to start its child", || pid_file.exists());
            cancel.store(true, Ordering::Relaxed);
        });
        read_until(&reader, &archive, "a.zip", &Limits::default(), &cancel, &mut |_| Ok(())).unwrap_err()
    });
    assert_eq!(error.kind(), Kind::Cancelled);
    let pid = fs::read_to_string(&pid_file).unwrap();
    within("its child to end", || !runs(pid.trim()));
}

/// Waits for a condition that must come true.
fn within(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < Duration::from_secs(20), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process exists and is no zombie.
fn runs(pid: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

#[test]
fn an_error_of_the_sink_is_what_the_caller_gets() {
    let (directory, archive) = bench();
    let listing = r#"{"files":1,"directories":0,"unpacked_bytes":0}"#;
    let text = format!("printf 'L\\{:o}\\0\\0\\0%s' '{listing}'; exec /bin/sleep 1000", listing.len());
    let reader = ReaderProgram::new(script(&directory.path().join("reader"), &text));
    let error = read(&reader, &archive, "a.zip", &Limits::default(), &mut |event| match event {
        Event::Listing { .. } => Err(Error::no_space("the disk is full").with_notice("disk.full")),
        _ => Ok(()),
    })
    .unwrap_err();
    assert_eq!((error.kind(), notice(&error)), (Kind::NoSpace, "disk.full"));
}

#[test]
fn what_is_missing_is_named() {
    let (directory, archive) = bench();
    let none = ReaderProgram::new(directory.path().join("none"));
    let error = read(&none, &archive, "a.zip", &Limits::default(), &mut |_| Ok(())).unwrap_err();
    assert_eq!((error.kind(), notice(&error)), (Kind::Unavailable, "package.reader_missing"));

    let disc = disc(directory.path());
    let no_tool = program().with_tool("/nonexistent/7zz");
    let error = read(&no_tool, &disc, "a.iso", &Limits::default(), &mut |_| Ok(())).unwrap_err();
    assert_eq!(notice(&error), "package.tool_missing");
    assert!(error.notice().unwrap().values.iter().any(|(_, value)| value == "apt install 7zip"));

    let error = read(&program(), &archive, "a.exe", &Limits::default(), &mut |_| Ok(())).unwrap_err();
    assert_eq!(notice(&error), "package.wrong_type");
    let error = read(&program(), Path::new("/nonexistent.zip"), "a.zip", &Limits::default(), &mut |_| Ok(()));
    assert_eq!(error.unwrap_err().kind(), Kind::NotFound);
}

/// Just enough of a disc image to be taken for one.
fn disc(directory: &Path) -> PathBuf {
    let mut bytes = vec![0; 40_000];
    bytes[32_768..32_774].copy_from_slice(b"\x01CD001");
    let path = directory.join("a.iso");
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    path
}

/// A false 7zz lists, as names of files, what it could do inside the confinement.
const PROBE: &str = r#"
[ "$1" = l ] || exit 0
tell() { printf 'Path = %s.inf\nFolder = -\nSize = 0\n\n' "$1"; }
tell "user-$(/usr/bin/id -u)"
for last; do :; done
/usr/bin/head -c 1 "$last" > /dev/null && tell archive
/usr/bin/head -c 1 /etc/passwd > /dev/null && tell passwd
/usr/bin/touch /tmp/package-reader-probe && tell write
/bin/sh -c 'kill -0 $PPID' && tell started-by-me
kill -0 PARENT && tell parent
exit 0"#;

#[test]
fn the_tool_can_read_the_archive_and_nothing_else() {
    let (directory, _) = bench();
    let probe = PROBE.replace("PARENT", &std::process::id().to_string());
    let tool = script(&directory.path().join("7zz"), &probe);
    let mut could = Vec::new();
    let outcome = read(
        &program().with_tool(tool),
        &disc(directory.path()),
        "a.iso",
        &Limits::default(),
        &mut |event| {
            if let Event::File { path, .. } = event {
                could.push(path.trim_end_matches(".inf").to_owned());
            }
            Ok(())
        },
    );
    assert_eq!(notice(&outcome.unwrap_err()), "package.no_driver");
    let confinement = program().confinement().unwrap().join("\n");
    assert!(confinement.contains("no new privileges"), "{confinement}");
    if confinement.contains("user: nobody") {
        assert_eq!(could[0], "user-65534");
    }
    assert!(could.iter().any(|what| what == "archive"), "{could:?}");
    if confinement.contains("landlock: files, network and signals") {
        for what in ["passwd", "write", "parent"] {
            assert!(!could.iter().any(|done| done == what), "{could:?}");
        }
    } else {
        println!("skipped: this kernel has no complete Landlock: {confinement}");
    }
}
