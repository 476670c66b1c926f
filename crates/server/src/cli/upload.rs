//! Sending a file so that nothing is sent twice: through broken connections, a restart of the server, and Ctrl-C.
//!
//! Where an unfinished upload lies is remembered in the user's state directory, in a file that is named by what was
//! sent where; the next import of the unchanged file goes on with it. The server alone says how many bytes it has.

use super::context::Context;
use super::interrupt::Interrupt;
use super::limits::REMEMBERED_MAX;
use super::meter::Meter;
use super::own_files;
use super::words::size;
use fault::{Context as _, Error, Result};
use protocol::client::{News, Parcel, Sender};
use sha2::{Digest as _, Sha256};
use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file on its way to the server. How it is sent is [`protocol::client::Client::deliver`].
pub(super) struct Upload<'a> {
    interrupt: &'a Interrupt,
    path: &'a Path,
    /// Where at the server uploads of this kind are.
    place: &'static str,
    file: File,
    state: (u64, i128),
    /// Where the location is remembered; nowhere without a home directory.
    memory: Option<PathBuf>,
}

impl<'a> Upload<'a> {
    /// Opens the file, and finds out whether a part of it was sent before.
    pub(super) fn open(
        context: &'a Context,
        path: &'a Path,
        place: &'static str,
        interrupt: &'a Interrupt,
    ) -> Result<Self> {
        let unreadable = |e: Error| e.with_notice("cli.file_unreadable").with_value("path", path.display());
        let file = File::open(path).context(|| format!("open {}", path.display())).map_err(unreadable)?;
        let metadata =
            file.metadata().context(|| format!("look at {}", path.display())).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(unreadable(Error::invalid(format!("send {}: it is no file", path.display()))));
        }
        let state = state_of(&metadata);
        let memory = memory(&format!("{}{place}", context.tokens.server), path, state);
        Ok(Self { interrupt, path, place, file, state, memory })
    }

    /// Bytes of the file.
    pub(super) fn length(&self) -> u64 {
        self.state.0
    }

    /// The name under which it is sent.
    pub(super) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Sends what is missing; answers the job that imports it.
    pub(super) fn send(&self, context: &Context) -> Result<String> {
        let name = self.name();
        let known = self.memory.as_deref().and_then(|memory| own_files::read(memory).ok().flatten());
        let (mut file, length) = (self.reader()?, self.length());
        let mut parcel = Parcel { place: self.place, name: &name, metadata: &[], file: &mut file, length };
        context.client.deliver(&mut parcel, known, &mut Sending { upload: self, context, meter: None })
    }

    /// The same file for reading, so that looking at it does not wait for sending it.
    fn reader(&self) -> Result<File> {
        self.file.try_clone().context(|| format!("open {}", self.path.display()))
    }
}

/// An upload while it is sent.
struct Sending<'a> {
    upload: &'a Upload<'a>,
    context: &'a Context,
    /// Begins with what was sent before.
    meter: Option<Meter>,
}

impl Sender for Sending<'_> {
    fn check(&self) -> Result<()> {
        self.upload.interrupt.check()
    }

    fn check_unchanged(&self) -> Result<()> {
        let path = self.upload.path.display();
        let now = self.upload.file.metadata().context(|| format!("look at {path}"))?;
        if state_of(&now) == self.upload.state {
            return Ok(());
        }
        Err(Error::invalid(format!("send {path}: it changed meanwhile"))
            .with_notice("cli.file_changed")
            .with_value("path", path))
    }

    fn remember(&mut self, location: Option<&str>) {
        let Some(memory) = &self.upload.memory else { return };
        // Without it only a later run of this program cannot go on; one that stays is found to be unknown to the
        // server next time.
        let _done = match location {
            Some(location) => own_files::write(memory, location),
            None => std::fs::remove_file(memory).context(|| "forget an upload"),
        };
    }

    fn sent(&mut self, bytes: u64) {
        let (upload, context) = (self.upload, self.context);
        let begin = || {
            let title = format!("{} {}", context.pick("上传", "upload"), upload.name());
            Meter::of_bytes(context, &title, bytes, upload.length())
        };
        self.meter.get_or_insert_with(begin).set(bytes, upload.length());
    }

    fn tell(&mut self, news: News) {
        let context = self.context;
        let text = match news {
            News::BrokeOff => {
                context.pick("连接中断，正在重试……", "the connection broke off; trying again …").to_owned()
            }
            News::GoesOnAt(offset) => {
                format!("  {} {}", context.pick("续传，从", "goes on at"), size(offset))
            }
            News::IsComplete => context
                .pick("已全部上传，等待驱动中心接收……", "all is there; waiting for the center to take it …")
                .to_owned(),
        };
        if let Some(meter) = &self.meter {
            meter.remark(&text);
        }
    }
}

/// What tells whether a file is still the same: its length and the time of its last change.
fn state_of(metadata: &Metadata) -> (u64, i128) {
    (metadata.len(), i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec()))
}

/// The file that remembers the upload of `path`, as it is now, to `server`.
fn memory(server: &str, path: &Path, state: (u64, i128)) -> Option<PathBuf> {
    let directory = own_files::directory("XDG_STATE_HOME", ".local/state").ok()?.join("uploads");
    forget_old(&directory);
    let path = path.canonicalize().ok()?;
    let mut digest = Sha256::new();
    for part in [server.as_bytes(), path.as_os_str().as_encoded_bytes(), format!("{state:?}").as_bytes()] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let name: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Some(directory.join(name))
}

fn forget_old(directory: &Path) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        let age = changed.ok().and_then(|changed| SystemTime::now().duration_since(changed).ok());
        if age.is_some_and(|age| age > REMEMBERED_MAX) {
            // Somebody else may have been faster.
            let _removed = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_or_server_is_another_upload() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.tq");
        std::fs::write(&path, "x").unwrap();
        let name = |server, state| memory(server, &path, state);
        assert_eq!(name("http://a", (1, 2)), name("http://a", (1, 2)));
        assert_ne!(name("http://a", (1, 2)), name("http://a", (1, 3)));
        assert_ne!(name("http://a", (1, 2)), name("http://b", (1, 2)));
    }
}
