//! The part of an import that blocks: what the reader streams goes to the worker. It changes no records.

use std::path::PathBuf;
use std::sync::Arc;

use ::driver_package::{Event, PackageReport};
use disk_image::{DiskPath, DiskSession};
use fault::{Error, Kind, Result};

use crate::config::Config;
use crate::edit::Payload;
use crate::host::Host;
use crate::jobs::Progress;
use crate::space::{require_space, require_volume_room};

/// An archive on its way into the disk.
pub(super) struct Unpacking {
    pub(super) config: Arc<Config>,
    pub(super) host: Arc<dyn Host>,
    pub(super) session: Arc<DiskSession>,
    pub(super) archive: PathBuf,
    pub(super) archive_name: String,
    pub(super) directory: String,
    pub(super) progress: Arc<Progress>,
}

impl Unpacking {
    /// Unpacks it, and makes it durable.
    pub(super) fn run(&self) -> Result<PackageReport> {
        let report = unpack(self, &mut |_| ())?;
        self.session.sync()?;
        Ok(report)
    }
}

/// Streams a kept archive into `directory` of the open disk, without making it durable.
fn unpack(job: &Unpacking, watch: &mut dyn FnMut(&Event<'_>)) -> Result<PackageReport> {
    let directory = DiskPath::new(&job.directory)?;
    let mut import = None;
    let no_listing = || Error::corrupt("the reader sent content before its listing");
    let report = ::driver_package::reader::read(
        &job.config.reader,
        &job.archive,
        &job.archive_name,
        &job.config.limits,
        &mut |event| {
            job.progress.check()?;
            watch(&event);
            match event {
                Event::Listing { unpacked_bytes, .. } => {
                    require_room(job, unpacked_bytes)?;
                    job.progress.set_total(unpacked_bytes);
                    import = Some(job.session.begin_import(&directory)?);
                }
                Event::Directory { path, modified } => {
                    import.as_mut().ok_or_else(no_listing)?.directory(path, modified.map(Into::into))?;
                }
                Event::File { path, size, modified } => {
                    import.as_mut().ok_or_else(no_listing)?.file(path, size, modified.map(Into::into))?;
                }
                Event::Data(bytes) => {
                    import.as_mut().ok_or_else(no_listing)?.data(bytes)?;
                    job.progress.add(bytes.len() as u64);
                }
            }
            Ok(())
        },
    )?;
    import.ok_or_else(no_listing)?.finish()?;
    Ok(report)
}

/// Unpacks the archive of an edit again, for an Active or a Base that was lost; `watch` sees all that is unpacked.
pub(crate) fn unpack_again(
    config: &Arc<Config>,
    host: &Arc<dyn Host>,
    session: &Arc<DiskSession>,
    payload: &Payload,
    watch: &mut dyn FnMut(&Event<'_>),
) -> Result<()> {
    let Payload::Import { directory, sha256, archive_name, .. } = payload else {
        return Err(Error::bug("only an import can be unpacked again"));
    };
    let job = Unpacking {
        config: config.clone(),
        host: host.clone(),
        session: session.clone(),
        archive: config.data_dir.kept_archive(sha256),
        archive_name: archive_name.clone(),
        directory: directory.clone(),
        progress: Arc::default(),
    };
    unpack(&job, watch).map(drop)
}

/// An import may fill neither the volume nor the disk that the data directory lies on.
fn require_room(job: &Unpacking, unpacked_bytes: u64) -> Result<()> {
    require_volume_room(&job.session, unpacked_bytes)?;
    require_space(job.host.as_ref(), &job.config, unpacked_bytes)
}

/// Removes what an import that has failed may have left.
pub(super) fn remove_leftovers(session: &DiskSession, directory: &str) -> Result<()> {
    match session.remove(&DiskPath::new(directory)?) {
        Ok(()) => session.sync(),
        Err(error) if error.kind() == Kind::NotFound => session.sync(),
        Err(error) => Err(error),
    }
}
