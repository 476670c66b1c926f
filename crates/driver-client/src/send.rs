//! Sending an archive, and waiting until the server has imported it.
//!
//! Where an unfinished upload lies is remembered in a file that is named by what was sent where, so that the next run
//! with the same content goes on with it. How it is sent is `protocol::client`'s.

use fault::{Context as _, Error, Kind, Result};
use protocol::api::Job;
use protocol::client::{Client, News, Parcel, Sender};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use crate::files;
use crate::limits::{OUTAGE_MAX, OWN_FILE_BYTES_MAX, POLL};
use crate::settings::state_folder;
use crate::source::Archive;
use crate::ui::{Meter, Ui};
use wording::size;

/// Where printer drivers are uploaded.
pub(crate) const PLACE: &str = "/thor/voi/printer/upload";

/// The machine that it comes from, as administrators will see it.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) name: String,
    pub(crate) mac: String,
}

/// Sends an archive; answers its length and the job that has imported it.
pub(crate) fn send(client: &Client, archive: &Archive, origin: &Origin, ui: &Ui) -> Result<(u64, Job)> {
    let mut file = files::open(&archive.path)?;
    let state = state_of(&file, &archive.path)?;
    check_size(client, state.0)?;
    let memory = memory(client.base_url(), &archive.name, &mut file, &archive.path);
    let known = memory.as_deref().and_then(|path| files::read(path, OWN_FILE_BYTES_MAX).ok().flatten());
    let known = known.and_then(|bytes| String::from_utf8(bytes).ok());
    let looked_at = files::open(&archive.path)?;
    let metadata = [("client_name", &*origin.name), ("client_mac", &*origin.mac)];
    let mut parcel =
        Parcel { place: PLACE, name: &archive.name, metadata: &metadata, file: &mut file, length: state.0 };
    let mut sending = Sending { archive, file: looked_at, state, memory, ui, meter: None };
    let job = client.deliver(&mut parcel, known, &mut sending)?;
    drop(sending);
    Ok((state.0, follow(client, &job, &archive.name, ui)?))
}

/// Says before the first byte that a file is too large, and that the token does not allow it.
fn check_size(client: &Client, bytes: u64) -> Result<()> {
    match client.ask_about_uploads(PLACE)? {
        limit @ 1.. if bytes > limit => Err(Error::invalid(format!("upload {bytes} bytes"))
            .with_notice("client.too_large")
            .with_value("limit_bytes", limit)),
        _ => Ok(()),
    }
}

/// Length and time of the last change.
type State = (u64, Option<SystemTime>);

fn state_of(file: &File, path: &Path) -> Result<State> {
    let metadata = file.metadata().context(|| "look at it").map_err(|e| files::unreadable(path, e))?;
    Ok((metadata.len(), metadata.modified().ok()))
}

/// The file that remembers the upload of this content under this name to this server; nothing where there is no place.
fn memory(server: &str, name: &str, file: &mut File, path: &Path) -> Option<PathBuf> {
    let folder = state_folder().ok()?.join("uploads");
    files::forget_old(&folder);
    let mut digest = Sha256::new();
    for part in [server, name] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let mut buffer = vec![0; 256 * 1024];
    loop {
        // Who cannot read it is told when it is sent.
        match file.read(&mut buffer).map_err(|e| files::unreadable(path, e.into())).ok()? {
            0 => break,
            count => digest.update(&buffer[..count]),
        }
    }
    let name: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Some(folder.join(name))
}

/// An upload while it is sent.
struct Sending<'a> {
    archive: &'a Archive,
    file: File,
    state: State,
    memory: Option<PathBuf>,
    ui: &'a Ui,
    /// Begins with what was sent before.
    meter: Option<Meter>,
}

impl Sender for Sending<'_> {
    fn check(&self) -> Result<()> {
        // Ctrl-C ends the process; the next run goes on.
        Ok(())
    }

    fn check_unchanged(&self) -> Result<()> {
        let path = self.archive.path.display();
        if state_of(&self.file, &self.archive.path)? == self.state {
            return Ok(());
        }
        Err(Error::invalid(format!("send {path}: it changed meanwhile"))
            .with_notice("client.changed")
            .with_value("path", path))
    }

    fn remember(&mut self, location: Option<&str>) {
        let Some(memory) = &self.memory else { return };
        // Without it only a later run cannot go on; one that stays is found to be unknown to the server next time.
        let _done = match location {
            Some(location) => files::replace(memory, location.as_bytes()),
            None => std::fs::remove_file(memory).context(|| "forget an upload"),
        };
    }

    fn sent(&mut self, bytes: u64) {
        let (ui, archive, total) = (self.ui, self.archive, self.state.0);
        let title = || ui.text("step.upload", &[("name", &archive.name)]);
        self.meter.get_or_insert_with(|| ui.meter(&title(), bytes, total)).set(bytes);
    }

    fn tell(&mut self, news: News) {
        let text = match news {
            News::BrokeOff => self.ui.text("news.broke_off", &[]),
            News::GoesOnAt(offset) => self.ui.text("news.goes_on", &[("size", &size(offset))]),
            News::IsComplete => self.ui.text("news.complete", &[]),
        };
        if let Some(meter) = &self.meter {
            meter.remark(&text);
        }
    }
}

/// Waits for the end of the import, also through a short outage of the server.
fn follow(client: &Client, id: &str, name: &str, ui: &Ui) -> Result<Job> {
    let path = format!("/api/v1/jobs/{id}");
    let _meter = ui.meter(&ui.text("step.import", &[("name", name)]), 0, 0);
    let mut heard = Instant::now();
    loop {
        match client.get_json::<Job>(&path) {
            Ok(job) if job.state != "running" => return ended(job),
            Ok(_) => heard = Instant::now(),
            Err(error) if error.kind() == Kind::Unavailable && heard.elapsed() < OUTAGE_MAX => {}
            Err(error) => return Err(error),
        }
        std::thread::sleep(POLL);
    }
}

fn ended(job: Job) -> Result<Job> {
    if job.state == "succeeded" {
        return Ok(job);
    }
    let message = job.message.unwrap_or_default();
    let cause = job.detail.unwrap_or_else(|| message.clone());
    Err(Error::invalid(format!("import {}: {cause}", job.subject))
        .with_notice("client.import_failed")
        .with_value("message", message))
}
