//! Sending a file so that nothing is sent twice: through broken connections, a restart of the server, and Ctrl-C.
//!
//! Where an unfinished upload lies is remembered in the user's state directory, in a file that is named by what was
//! sent where; the next import of the unchanged file goes on with it. The server alone says how many bytes it has.

use super::context::Context;
use super::interrupt::Interrupt;
use super::limits::{POLL, REMEMBERED_MAX, RETRIES_MAX, RETRY_PAUSE, RETRY_PAUSE_MAX, TAKE_IN_MAX};
use super::meter::Meter;
use super::own_files;
use super::words::size;
use fault::{Context as _, Error, Kind, Result};
use protocol::client::Client;
use sha2::{Digest as _, Sha256};
use std::fs::{File, Metadata};
use std::io::{Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// A file on its way to the server.
pub(super) struct Upload<'a> {
    client: &'a Client,
    interrupt: &'a Interrupt,
    path: &'a Path,
    /// Where at the server uploads of this kind are.
    place: &'static str,
    file: File,
    state: (u64, i128),
    /// Where the location is remembered; nowhere without a home directory.
    memory: Option<PathBuf>,
    location: Option<String>,
    /// Bytes that the server is known to have.
    offset: u64,
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
        let known = memory.as_deref().and_then(|memory| own_files::read(memory).ok().flatten());
        let location = known.filter(|location| location.starts_with(place));
        let client = &context.client;
        Ok(Self { client, interrupt, path, place, file, state, memory, location, offset: 0 })
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
    pub(super) fn send(&mut self, context: &Context) -> Result<String> {
        self.find_place()?;
        let title = format!("{} {}", context.pick("上传", "upload"), self.name());
        let mut meter = Meter::of_bytes(context, &title, self.offset, self.length());
        let outcome = self.send_rest(context, &mut meter);
        match &outcome {
            // The next import of the file goes on with it.
            Err(error) if error.kind() == Kind::Cancelled || is_passing(error) => {}
            _ => self.forget(),
        }
        outcome
    }

    /// A location at the server, and how much it has.
    fn find_place(&mut self) -> Result<()> {
        if let Some(location) = &self.location {
            match self.client.look_at_upload(location) {
                Ok(uploaded) => {
                    self.offset = uploaded.offset;
                    return Ok(());
                }
                Err(error) if error.kind() == Kind::NotFound => self.forget(),
                Err(error) => return Err(error),
            }
        }
        let location = self.client.begin_upload(self.place, self.length(), &self.name())?;
        if let Some(memory) = &self.memory {
            // Without it only a later run of this program cannot go on.
            let _remembered = own_files::write(memory, &location);
        }
        (self.location, self.offset) = (Some(location), 0);
        Ok(())
    }

    fn send_rest(&mut self, context: &Context, meter: &mut Meter) -> Result<String> {
        let mut failures = 0;
        let mut complete_since = None;
        loop {
            self.interrupt.check()?;
            let before = self.offset;
            match self.advance(context, meter) {
                Ok(Some(job)) => return Ok(job),
                Ok(None) => self.await_import(context, meter, &mut complete_since)?,
                Err(error) if is_passing(&error) => {
                    failures = if self.offset > before { 1 } else { failures + 1 };
                    if failures > RETRIES_MAX {
                        return Err(self.broke_off(error));
                    }
                    if failures == 1 {
                        meter.remark(
                            context.pick("连接中断，正在重试……", "the connection broke off; trying again …"),
                        );
                    }
                    self.pause(retry_pause(failures))?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks where the server is, and sends from there to the end. Without a job, the server has everything but has
    /// not begun with it.
    fn advance(&mut self, context: &Context, meter: &mut Meter) -> Result<Option<String>> {
        let location = self.location.clone().ok_or_else(|| Error::bug("upload without a location"))?;
        let uploaded = self.client.look_at_upload(&location)?;
        self.offset = uploaded.offset;
        if uploaded.job.is_some() || uploaded.offset >= self.length() {
            return Ok(uploaded.job);
        }
        if uploaded.offset > 0 {
            meter.remark(&format!("  {} {}", context.pick("续传，从", "goes on at"), size(uploaded.offset)));
        }
        self.check_unchanged()?;
        self.file.seek(SeekFrom::Start(self.offset)).context(|| format!("read {}", self.path.display()))?;
        let (first, length, interrupt) = (self.offset, self.length(), self.interrupt);
        let mut progress = |done| {
            meter.set(first + done, length);
            interrupt.check()
        };
        let sent =
            self.client.continue_upload(&location, first, &mut self.file, length - first, &mut progress)?;
        self.offset = sent.offset;
        Ok(sent.job)
    }

    /// The server has the whole file and imports it when it can.
    fn await_import(&self, context: &Context, meter: &Meter, since: &mut Option<Instant>) -> Result<()> {
        let begun =
            *since.get_or_insert_with(|| {
                meter.remark(context.pick(
                    "已全部上传，等待驱动中心接收……",
                    "all is there; waiting for the center to take it …",
                ));
                Instant::now()
            });
        if begun.elapsed() > TAKE_IN_MAX {
            return Err(Error::busy(format!("import {}: the server does not begin", self.path.display()))
                .with_notice("cli.not_taken_in")
                .with_value("path", self.path.display()));
        }
        self.pause(POLL * 4)
    }

    fn check_unchanged(&self) -> Result<()> {
        let now = self.file.metadata().context(|| format!("look at {}", self.path.display()))?;
        if state_of(&now) == self.state {
            return Ok(());
        }
        Err(Error::invalid(format!("send {}: it changed meanwhile", self.path.display()))
            .with_notice("cli.file_changed")
            .with_value("path", self.path.display()))
    }

    /// Waits, but not longer than until Ctrl-C.
    fn pause(&self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.interrupt.check()?;
            std::thread::sleep(POLL.min(end.saturating_duration_since(Instant::now())));
        }
        Ok(())
    }

    fn broke_off(&self, cause: Error) -> Error {
        Error::unavailable(format!("send {}", self.path.display()))
            .with_notice("cli.upload_broke_off")
            .with_value("path", self.path.display())
            .with_source(cause)
    }

    fn forget(&mut self) {
        self.location = None;
        if let Some(memory) = &self.memory {
            // One that stays is found to be unknown to the server next time.
            let _removed = std::fs::remove_file(memory);
        }
    }
}

/// Whether the same file may go through later: the connection broke, or the server has not noticed yet that it did.
fn is_passing(error: &Error) -> bool {
    let notice = error.notice().map_or("", |notice| notice.id.as_ref());
    let is_about_parts = matches!(notice, "upload.in_progress" | "upload.wrong_offset" | "upload.incomplete");
    is_about_parts || (error.kind() == Kind::Unavailable && notice != "net.tls")
}

fn retry_pause(failures: u32) -> Duration {
    (RETRY_PAUSE * 2_u32.saturating_pow(failures.saturating_sub(1).min(8))).min(RETRY_PAUSE_MAX)
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
    fn pauses_grow_to_a_limit() {
        let seconds: Vec<u64> = (1..=7).map(|failures| retry_pause(failures).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 15, 15, 15]);
        let all: u64 = (1..=RETRIES_MAX).map(|failures| retry_pause(failures).as_secs()).sum();
        // Longer than the server needs to notice that a connection is dead.
        assert!((100..200).contains(&all), "{all}");
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let with = |error: Error, notice: &'static str| is_passing(&error.with_notice(notice));
        assert!(
            with(Error::unavailable("x"), "net.unreachable") && with(Error::busy("x"), "upload.in_progress")
        );
        assert!(with(Error::invalid("x"), "upload.incomplete"));
        assert!(!with(Error::unavailable("x"), "net.tls") && !with(Error::busy("x"), "center.merging"));
        assert!(!with(Error::invalid("x"), "package.encrypted"));
    }

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
