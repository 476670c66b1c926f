//! The dear way: a new Base with every package of the newest version, from the first state of the disk and the kept
//! archives. It is a file of its own until it has been proven: every file of every package is read back and compared.

use std::path::Path;
use std::sync::Arc;

use disk_image::{Access, CreateOptions, DiskPath, DiskSession, Image};
use disk_patch::{BlockIndex, FileStore, LeafTable, ObjectDir, PackSink, Root, unwatched};
use fault::{Context, Error, Kind, Result};
use image_store::{ImageId, ImageStore};
use sha2::{Digest as _, Sha256};

use crate::center::sync_directory;
use crate::config::{Config, DataDir};
use crate::edit::Payload;
use crate::host::Host;
use crate::package_files::{PackageFiles, compare_file};
use crate::versions::PackageRecord;
use crate::{active, import};

/// Bytes that are hashed at once.
const PIECE_BYTES: usize = 1024 * 1024;

/// A package that the new Base must have.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) record: PackageRecord,
    /// How it is put on the disk.
    pub(crate) payload: Payload,
}

/// What is wrong with a kept archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArchiveFault {
    Missing,
    Damaged,
}

/// Reads a kept archive and compares it with its name.
pub(crate) fn check_archive(
    path: &Path,
    sha256: &str,
    on_bytes: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<Option<ArchiveFault>> {
    use std::io::Read as _;
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Some(ArchiveFault::Missing)),
        Err(error) => return Err(error).context(|| format!("open {}", path.display())),
    };
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => {
                hasher.update(&piece[..read]);
                on_bytes(read as u64)?;
            }
            // A disk that cannot give its bytes any more has lost them.
            Err(_) => return Ok(Some(ArchiveFault::Damaged)),
        }
    }
    let is_it = protocol::sync::hex(&hasher.finalize()) == sha256;
    Ok((!is_it).then_some(ArchiveFault::Damaged))
}

/// Packages whose archives are not what they must be.
pub(crate) fn without_archive<'a>(
    config: &Config,
    packages: &'a [Package],
) -> Result<Vec<(&'a Package, ArchiveFault)>> {
    let mut lost = Vec::new();
    for package in packages {
        let sha256 = &package.record.sha256;
        let path = config.data_dir.kept_archive(sha256);
        if let Some(fault) = check_archive(&path, sha256, &mut |_| Ok(()))? {
            lost.push((package, fault));
        }
    }
    Ok(lost)
}

/// The first state of the disk, which packages are unpacked into.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    /// Its registered copy, and the root that proves it.
    pub(crate) image: Option<(ImageId, Root)>,
    /// Size of the disk as a computer sees it; the first state may be smaller.
    pub(crate) virtual_bytes: u64,
    /// Whether it was a foreign disk, so that a new one is no substitute.
    pub(crate) is_adopted: bool,
}

/// What became of it.
pub(crate) struct Made {
    pub(crate) leaves: LeafTable,
    /// Digest of the encoded leaf table among the objects.
    pub(crate) table: String,
}

/// Makes the new Base beside the old one, and proves it.
pub(crate) fn make(
    config: &Arc<Config>,
    host: &Arc<dyn Host>,
    store: &dyn ImageStore,
    ground: &Ground,
    packages: &[Package],
) -> Result<Made> {
    let path = config.data_dir.rebuilt();
    import::discard_file(&path);
    lay_ground(config, store, ground, &path)?;
    fill(config, host, packages, &path).context(|| "fill the new Base")?;
    let report = disk_image::check(&config.worker, &path)?;
    if !report.is_clean() {
        return Err(Error::bug(format!("the new Base is not in order: {report:?}")));
    }
    let file = FileStore::open(&path)?;
    disk_patch::ByteStore::sync(&file)?;
    let leaves = LeafTable::of_store(&file, &mut unwatched())?;
    let table = keep_tables(&config.data_dir, &leaves)?;
    Ok(Made { leaves, table })
}

/// Keeps what the new Base needs beside it: its index, and its leaf table, whose digest is answered.
pub(crate) fn keep_tables(directory: &DataDir, leaves: &LeafTable) -> Result<String> {
    let file = FileStore::open_read_only(directory.rebuilt())?;
    BlockIndex::rebuild(&directory.rebuilt_index(), &file, &leaves.identity(), &mut unwatched())?;
    let objects = ObjectDir::open(directory.objects())?;
    let table = objects.insert(&leaves.encode())?.to_hex();
    objects.sync()?;
    sync_directory(&directory.disk())?;
    Ok(table)
}

fn lay_ground(config: &Config, store: &dyn ImageStore, ground: &Ground, path: &Path) -> Result<()> {
    if let Some((id, root)) = &ground.image {
        match fetch(store, id, root, path) {
            Ok(()) => return grow_to(config, ground.virtual_bytes, path),
            Err(error) if ground.is_adopted => {
                return Err(error
                    .in_context("take the disk that was adopted")
                    .with_notice("restore.adopted_lost"));
            }
            Err(error) => {
                tracing::warn!(target: "voi_drive_backups_manage", %error, "the first state of the disk is lost");
            }
        }
    }
    import::discard_file(path);
    let options = CreateOptions { virtual_size_bytes: ground.virtual_bytes, ..config.disk.clone() };
    disk_image::create_base(&config.worker, path, &options).map(drop)
}

/// The disk may have grown since its first state.
fn grow_to(config: &Config, virtual_bytes: u64, path: &Path) -> Result<()> {
    match disk_image::inspect(&config.worker, path)?.virtual_size_bytes < virtual_bytes {
        true => disk_image::grow_new(&config.worker, path, virtual_bytes),
        false => Ok(()),
    }
}

fn fetch(store: &dyn ImageStore, id: &ImageId, root: &Root, path: &Path) -> Result<()> {
    store.fetch(id, path, &mut |_, _| true)?;
    let found = LeafTable::of_store(&FileStore::open_read_only(path)?, &mut unwatched())?.root();
    match found == *root {
        true => Ok(()),
        false => Err(Error::corrupt(format!("image {id} is not what was registered"))),
    }
}

/// Unpacks the packages, and reads all of them back.
fn fill(config: &Arc<Config>, host: &Arc<dyn Host>, packages: &[Package], path: &Path) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let session = open(config, Image::New(path.to_owned()), Access::Write)?;
    let mut contents = Vec::new();
    for package in packages {
        let mut files = PackageFiles::default();
        active::replay(config, host, &session, &package.payload, &mut |event| files.take(event))
            .map_err(|error| unpacking_failed(error, package))?;
        contents.push(files);
    }
    Arc::into_inner(session).ok_or_else(|| Error::bug("the session on the new Base is in use"))?.close()?;
    let session = open(config, Image::Base(path.to_owned()), Access::Read)?;
    for (package, files) in packages.iter().zip(contents) {
        if let Some(what) = compare(config, &session, &package.record, files)? {
            return Err(Error::bug(format!("{} of {} reads differently", what, package.record.name)));
        }
    }
    Ok(())
}

/// The first thing in which a package on a disk differs from its archive, whose files `files` are.
pub(crate) fn compare(
    config: &Config,
    session: &DiskSession,
    record: &PackageRecord,
    files: PackageFiles,
) -> Result<Option<String>> {
    let path = DiskPath::new(&record.directory)?;
    match record.printer {
        None => files.compare(session, &path),
        Some(_) => compare_file(session, &path, &config.data_dir.kept_archive(&record.sha256)),
    }
}

fn open(config: &Config, image: Image, access: Access) -> Result<Arc<DiskSession>> {
    DiskSession::open(&config.worker, image, access).map(Arc::new)
}

fn unpacking_failed(error: Error, package: &Package) -> Error {
    let context = format!("unpack {} again", package.record.name);
    match error.kind() {
        Kind::NoSpace | Kind::Unavailable | Kind::Cancelled => error.in_context(context),
        _ => error
            .in_context(context)
            .with_notice("restore.archive_unreadable")
            .with_value("driver", &package.record.name),
    }
}
