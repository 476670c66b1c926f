//! Importing: large files beside `7zz x`, small ones beside `cp -r`, both with the sync that makes them safe.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use fault::{Context, Error, Result};

use crate::site::{Site, worker};
use crate::tools::{has, run, sync};
use crate::{ROUNDS, Row, data, median, timed};

const LARGE_FILES: usize = 2_000;
const LARGE_BYTES: usize = 625_000;
const SMALL_FILES: usize = 20_000;

/// 1.25 GB in 2,000 files from a stored 7z.
pub(crate) fn large_files(room: &Path) -> Result<Vec<Row>> {
    let folder = room.join("large");
    let bytes = data::fill(&folder, "large", LARGE_FILES, |_| LARGE_BYTES)?;
    let archive = data::pack(&folder, &room.join("large.tq"))?;
    std::fs::remove_dir_all(&folder)?;
    sync(room)?;
    let site = Site::open(&room.join("site"))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(site.import(&archive)?.0);
        site.discard()?;
        theirs.push(unpack(&archive, &room.join("unpacked"))?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let rate = |seconds: f64| format!("{seconds:.2} s, {:.0} MB/s", bytes as f64 / 1e6 / seconds);
    let mut rows = vec![Row {
        what: "import of 1.25 GB / 2,000 files in a stored 7z, up to flushed".into(),
        ours: rate(ours),
        other: format!("`7zz x` to the same file system, sync: {}", rate(theirs)),
        ratio: format!("{:.2}", ours / theirs),
        bar: "at most 1.2",
    }];
    drop(site);
    if !has("qemu-storage-daemon") {
        return Ok(rows);
    }
    let mounted = through_a_mount(&archive, room)?;
    rows.push(Row {
        what: "the same, through a mount".into(),
        ours: rate(ours),
        other: format!("qemu-storage-daemon FUSE export, `ntfs-3g` mount, `7zz x`: {}", rate(mounted)),
        ratio: format!("{:.2}", ours / mounted),
        bar: "–",
    });
    Ok(rows)
}

/// 20,000 files of 2 to 20 KB.
pub(crate) fn small_files(room: &Path) -> Result<Vec<Row>> {
    let folder = room.join("small");
    let bytes = data::fill(&folder, "small", SMALL_FILES, |number| 2_000 + number * 7_919 % 18_001)?;
    let archive = data::pack(&folder, &room.join("small.tq"))?;
    sync(room)?;
    let site = Site::open(&room.join("site"))?;
    let (mut ours, mut theirs, mut image_bytes) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        ours.push(site.import(&archive)?.0);
        image_bytes = std::fs::metadata(site.data_dir().active())?.len();
        site.discard()?;
        theirs.push(copy(&folder, &room.join("copied"))?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let rate = |seconds: f64| format!("{seconds:.2} s, {:.0} files/s", SMALL_FILES as f64 / seconds);
    Ok(vec![
        Row {
            what: "import of 20,000 files of 2-20 KB, up to flushed".into(),
            ours: rate(ours),
            other: format!("`cp -r` on the same file system, sync: {}", rate(theirs)),
            ratio: format!("{:.2}", ours / theirs),
            bar: "at most 1",
        },
        Row {
            what: "size of the qcow2 after it".into(),
            ours: format!("{:.0} MB", image_bytes as f64 / 1e6),
            other: format!("the files: {:.0} MB", bytes as f64 / 1e6),
            ratio: format!("{:.2}", image_bytes as f64 / bytes as f64),
            bar: "at most 1.4",
        },
    ])
}

pub(crate) fn unpack(archive: &Path, target: &Path) -> Result<f64> {
    let (seconds, ()) = timed(|| {
        extract(archive, target)?;
        sync(target)
    })?;
    std::fs::remove_dir_all(target)?;
    sync(archive)?;
    Ok(seconds)
}

fn extract(archive: &Path, target: &Path) -> Result<()> {
    let mut output = std::ffi::OsString::from("-o");
    output.push(target);
    run(Command::new("7zz").args(["x", "-y", "-bso0", "-bsp0"]).arg(archive).arg(output)).map(drop)
}

fn copy(folder: &Path, target: &Path) -> Result<f64> {
    let (seconds, ()) = timed(|| {
        run(Command::new("cp").arg("-r").arg(folder).arg(target))?;
        sync(target)
    })?;
    std::fs::remove_dir_all(target)?;
    sync(folder)?;
    Ok(seconds)
}

/// The way without a library of one's own: export the image as a raw file, mount it, unpack into the mount.
fn through_a_mount(archive: &Path, room: &Path) -> Result<f64> {
    let (base, export, mount) = (room.join("mount.qcow2"), room.join("export"), room.join("mount"));
    disk_image::create_base(&worker()?, &base, &disk_image::CreateOptions::default())?;
    std::fs::write(&export, b"")?;
    std::fs::create_dir_all(&mount)?;
    let daemon = Daemon::start(&base, &export)?;
    run(Command::new("ntfs-3g").arg(&export).arg(&mount)).context(|| "mount the export")?;
    let outcome = timed(|| {
        extract(archive, &mount.join("sys/tq/large"))?;
        sync(&mount)?;
        run(Command::new("umount").arg(&mount))?;
        std::fs::File::open(&export)?.sync_all()?;
        Ok(())
    });
    drop(daemon);
    outcome.map(|(seconds, ())| seconds)
}

/// A qemu-storage-daemon that ends with this value.
struct Daemon(Child);

impl Daemon {
    fn start(image: &Path, export: &Path) -> Result<Self> {
        let node = format!("driver=qcow2,node-name=disk,file.driver=file,file.filename={}", image.display());
        let fuse = format!("type=fuse,id=export,node-name=disk,mountpoint={},writable=on", export.display());
        let child = Command::new("qemu-storage-daemon")
            .args(["--blockdev", &node, "--export", &fuse])
            .stdin(Stdio::null())
            .spawn()
            .context(|| "start qemu-storage-daemon")?;
        let daemon = Self(child);
        for _ in 0..500 {
            if std::fs::metadata(export)?.len() > 0 {
                return Ok(daemon);
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Err(Error::unavailable("qemu-storage-daemon exports nothing"))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // SIGTERM lets it flush and unmount; it is ours, by its number.
        let _ended = Command::new("kill").arg(self.0.id().to_string()).status();
        let _status = self.0.wait();
    }
}
