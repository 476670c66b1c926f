//! What the tests share: a worker, scratch directories, content with a seed, and foreign programs.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use disk_image::{
    Access, Capture, CreateOptions, DiskPath, DiskSession, Image, Layout, WorkerProgram, create_active,
    create_base,
};

/// Small enough to be quick, large enough for several L2 tables.
pub(crate) const DISK_BYTES: u64 = 2 << 30;

pub(crate) fn worker() -> WorkerProgram {
    WorkerProgram(PathBuf::from(env!("CARGO_BIN_EXE_disk-worker")))
}

pub(crate) fn path(text: &str) -> DiskPath {
    DiskPath::new(text).expect("a valid path")
}

pub(crate) fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_600_000_000 + seconds)
}

/// A directory with a Base in it, and perhaps an Active.
pub(crate) struct Disk {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) base: PathBuf,
    pub(crate) active: PathBuf,
}

impl Disk {
    pub(crate) fn new(layout: Layout) -> Self {
        Self::sized(layout, DISK_BYTES)
    }

    pub(crate) fn sized(layout: Layout, virtual_size_bytes: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (base, active) = (directory.path().join("base.qcow2"), directory.path().join("active.qcow2"));
        let options = CreateOptions { virtual_size_bytes, layout, ..CreateOptions::default() };
        create_base(&worker(), &base, &options).unwrap();
        create_active(&worker(), &active, &base).unwrap();
        Self { directory, base, active }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn image(&self) -> Image {
        Image::Active { active: self.active.clone(), base: self.base.clone() }
    }

    pub(crate) fn edit(&self) -> DiskSession {
        DiskSession::open(&worker(), self.image(), Access::Write).unwrap()
    }

    pub(crate) fn view(&self, image: Image) -> DiskSession {
        DiskSession::open(&worker(), image, Access::Read).unwrap()
    }

    /// Merges the sealed Active into Base, and begins a new Active on it.
    pub(crate) fn merge(&self) -> Capture {
        let scratch = self.file("capture");
        let capture =
            disk_image::merge(&worker(), &self.active, &self.base, &scratch, &mut |_, _| true).unwrap();
        apply(&self.base, &scratch, &capture);
        std::fs::remove_file(&scratch).unwrap();
        std::fs::remove_file(&self.active).unwrap();
        create_active(&worker(), &self.active, &self.base).unwrap();
        capture
    }
}

/// A small Base without an Active.
pub(crate) fn small_base() -> Disk {
    let disk = Disk::sized(Layout::WholeVolume, 256 << 20);
    disk_image::remove_active(&disk.active).unwrap();
    disk
}

/// Writes captured ranges to a file; the shortest form of what `apply` does with care.
pub(crate) fn apply(base: &Path, scratch: &Path, capture: &Capture) {
    let (base, scratch) = (File::options().write(true).open(base).unwrap(), File::open(scratch).unwrap());
    base.set_len(capture.new_length).unwrap();
    for range in &capture.ranges {
        let mut at = range.start;
        while at < range.end {
            let mut chunk = vec![0; (range.end - at).min(1 << 20) as usize];
            let filled = read_up_to(&scratch, &mut chunk, at).unwrap();
            chunk[filled..].fill(0);
            base.write_all_at(&chunk, at).unwrap();
            at += chunk.len() as u64;
        }
    }
}

fn read_up_to(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// A generator with a seed; good enough for content that does not compress.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).collect();
        bytes.truncate(length);
        bytes
    }
}

/// Imports files below a new directory.
pub(crate) fn import(session: &DiskSession, directory: &str, files: &[(&str, Vec<u8>)]) {
    let mut import = session.begin_import(&path(directory)).unwrap();
    for (index, (name, data)) in files.iter().enumerate() {
        import.file(name, data.len() as u64, Some(time(index as u64))).unwrap();
        import.data(data).unwrap();
    }
    let report = import.finish().unwrap();
    assert_eq!(report.files, files.len() as u64);
}

pub(crate) fn read(session: &DiskSession, file: &str) -> Vec<u8> {
    let mut data = Vec::new();
    session.read(&path(file), &mut data).unwrap();
    data
}

pub(crate) fn names(session: &DiskSession, directory: &str) -> Vec<String> {
    session.list(&path(directory)).unwrap().into_iter().map(|entry| entry.name).collect()
}

/// Runs a foreign program, which must succeed; `None`, and a line that says so, where it is not installed.
pub(crate) fn foreign(program: &str, arguments: &[&str]) -> Option<String> {
    let output = try_foreign(program, arguments)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {}\n{text}\n{errors}", output.status);
    Some(text)
}

pub(crate) fn try_foreign(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            println!("SKIPPED: {program} is not installed");
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
