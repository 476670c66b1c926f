//! Looking into the disk: its directories and the bytes of its files, also while it is being edited.
//!
//! While an edit is open, what is shown is the edited disk; else Base. Any kept version can be looked into as well.
//! Base is opened for one request at a time, under its read lock, so that no open session is in the way of `apply`. A
//! reader that takes nothing more keeps nobody from saving: it is cut off.

use std::io::Write;
use std::sync::Arc;

use disk_image::{Access, DirEntry, DiskPath, DiskSession, Image};
use fault::{Error, Result};
use protocol::api;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::center::{Center, blocking};
use crate::host::rfc3339;
use crate::limits::READER_PATIENCE;
use crate::state::MountStatus;
use crate::views::{OpenVersions, Reading};
use crate::{base, edit};

/// Pieces of a file on their way to a slow reader.
const PIECES_AHEAD: usize = 4;

/// A session to read with, and what keeps the disk as it is meanwhile.
struct View {
    session: Arc<DiskSession>,
    _kept: Kept,
}

/// What is held while somebody reads.
#[expect(dead_code, reason = "held, not looked at")]
enum Kept {
    Base(Reading),
    Version(OpenVersions),
}

/// A file's length and its bytes, piece by piece.
pub type FileStream = (u64, mpsc::Receiver<Result<Vec<u8>>>);

impl Center {
    /// Entries of a directory of the disk.
    pub async fn list_files(&self, path: &str) -> Result<Vec<api::FileEntry>> {
        list(self.view().await?, path).await
    }

    /// Entries of a directory of the disk as it was in a kept version.
    pub async fn list_version_files(&self, version: u64, path: &str) -> Result<Vec<api::FileEntry>> {
        list(self.view_of(version).await?, path).await
    }

    /// A file of the disk.
    pub async fn read_file(&self, path: &str) -> Result<FileStream> {
        read(self.view().await?, path).await
    }

    /// A file of the disk as it was in a kept version.
    pub async fn read_version_file(&self, version: u64, path: &str) -> Result<FileStream> {
        read(self.view_of(version).await?, path).await
    }

    async fn view_of(&self, version: u64) -> Result<View> {
        let open = self.open_versions(&[version as i64]).await?;
        Ok(View { session: open.sessions[0].clone(), _kept: Kept::Version(open) })
    }

    /// The edited disk, or Base.
    async fn view(&self) -> Result<View> {
        self.open_edited().await?;
        let guard = self.base.clone().read_owned().await;
        if let Some(session) = self.open_session() {
            return Ok(View { session, _kept: Kept::Base(guard) });
        }
        if guard.is_none() {
            return Err(base::disagrees("what the file of Base holds is not known"));
        }
        let config = self.config.clone();
        let session = blocking(move || {
            DiskSession::open(&config.worker, Image::Base(config.data_dir.base()), Access::Read)
        });
        Ok(View { session: Arc::new(session.await?), _kept: Kept::Base(guard) })
    }
}

impl Center {
    /// After a start nobody has the edited disk open, though what is to be seen is on it.
    async fn open_edited(&self) -> Result<()> {
        if self.open_session().is_some() || !self.is_edited().await? {
            return Ok(());
        }
        let _gate = self.gate.lock().await;
        // A save or a discard may have gone by.
        if self.is_edited().await? {
            self.active_session().await?;
        }
        Ok(())
    }

    async fn is_edited(&self) -> Result<bool> {
        Ok(self.state().await? == MountStatus::Normal && !edit::unsaved(&self.db).await?.is_empty())
    }
}

async fn list(view: View, path: &str) -> Result<Vec<api::FileEntry>> {
    let path = DiskPath::new(path)?;
    let entries = blocking(move || view.session.list(&path)).await?;
    Ok(entries.into_iter().map(wire).collect())
}

async fn read(view: View, path: &str) -> Result<FileStream> {
    let path = DiskPath::new(path)?;
    let session = view.session.clone();
    let entry = {
        let path = path.clone();
        blocking(move || session.stat(&path)).await?
    };
    if entry.is_dir {
        return Err(Error::invalid(format!("{path} is a directory"))
            .with_notice("disk.is_directory")
            .with_value("entry", &path));
    }
    let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let outcome = view.session.read(&path, &mut Pieces { sender: &sender, runtime });
        if let Err(error) = outcome {
            // A receiver that went away is no error.
            let _gone = sender.blocking_send(Err(error));
        }
    });
    Ok((entry.size, receiver))
}

/// Sends what is written to it, and stops the writer when the receiver is gone or takes nothing.
struct Pieces<'a> {
    sender: &'a mpsc::Sender<Result<Vec<u8>>>,
    runtime: Handle,
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let sent = self.sender.send_timeout(Ok(bytes.to_vec()), READER_PATIENCE);
        self.runtime.block_on(sent).map_err(|_| std::io::Error::from(std::io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(crate) fn wire(entry: DirEntry) -> api::FileEntry {
    let modified = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::from(entry.modified));
    api::FileEntry {
        name: entry.name,
        is_directory: entry.is_dir,
        size: entry.size,
        modified: Some(rfc3339(modified.naive_utc())),
    }
}
