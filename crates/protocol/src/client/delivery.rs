//! Sending a whole file by resumable upload, so that nothing is sent twice: through broken connections, a restart of the
//! server, and an end of this program.
//!
//! It decides what is sent next, when it is tried again and when it is given up. Where the location of an unfinished
//! upload is kept, what a person sees and when to stop is up to the [`Sender`]. The server alone says how much it has.

use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::time::{Duration, Instant};

use fault::{Context as _, Error, Kind, Result};

use super::Client;

/// First pause before an upload is tried again; it doubles.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause before an upload is tried again.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(15);
/// Tries of an upload in a row that bring no byte over; about two minutes.
const RETRIES_MAX: u32 = 12;
/// How long to wait until the server begins to import a file that it has: a save may be running.
const TAKE_IN_MAX: Duration = Duration::from_secs(30 * 60);
/// Pause between two looks whether it does.
const TAKE_IN_PAUSE: Duration = Duration::from_secs(1);
/// How soon a pause ends when the sender is to stop.
const TICK: Duration = Duration::from_millis(250);

/// What is sent, and where to.
#[derive(Debug)]
pub struct Parcel<'a> {
    /// Where at the server uploads of this kind are.
    pub place: &'a str,
    /// The name under which it is sent.
    pub name: &'a str,
    /// What else is said of it, as names and values; empty values are left out.
    pub metadata: &'a [(&'a str, &'a str)],
    /// Its bytes.
    pub file: &'a mut File,
    /// How many there are.
    pub length: u64,
}

/// Something worth telling once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The connection broke off; it is tried again.
    BrokeOff,
    /// It goes on where the server is.
    GoesOnAt(u64),
    /// The server has everything but has not begun with it.
    IsComplete,
}

/// Who sends: keeps what a later run needs to go on, and is told how it goes.
pub trait Sender {
    /// Fails when it is to stop.
    fn check(&self) -> Result<()>;
    /// Fails when the file is not what it was.
    fn check_unchanged(&self) -> Result<()>;
    /// Keeps the location of the upload, or forgets it.
    fn remember(&mut self, location: Option<&str>);
    /// The server has so many bytes.
    fn sent(&mut self, bytes: u64);
    /// Something happened.
    fn tell(&mut self, news: News);
}

impl Client {
    /// Sends a parcel, of which a part may lie at the location `known`; answers the job that imports it.
    pub fn deliver(
        &self,
        parcel: &mut Parcel<'_>,
        known: Option<String>,
        sender: &mut dyn Sender,
    ) -> Result<String> {
        let delivery = self.find_place(parcel, known, sender).and_then(|(location, offset)| {
            sender.sent(offset);
            Delivery { client: self, location, offset }.finish(parcel, sender)
        });
        match &delivery {
            // A later run goes on with it.
            Err(error) if error.kind() == Kind::Cancelled || is_passing(error) => {}
            _ => sender.remember(None),
        }
        delivery
    }

    /// A location at the server, and how much it has.
    fn find_place(
        &self,
        parcel: &Parcel<'_>,
        known: Option<String>,
        sender: &mut dyn Sender,
    ) -> Result<(String, u64)> {
        let known = known.filter(|location| super::resumable::is_below(location, parcel.place));
        if let Some(location) = known {
            match self.look_at_upload(&location) {
                Ok(uploaded) => return Ok((location, uploaded.offset)),
                Err(error) if error.kind() == Kind::NotFound => sender.remember(None),
                Err(error) => return Err(error),
            }
        }
        let location = self.begin_upload(parcel.place, parcel.length, parcel.name, parcel.metadata)?;
        sender.remember(Some(&location));
        Ok((location, 0))
    }
}

/// An upload under way.
struct Delivery<'a> {
    client: &'a Client,
    location: String,
    /// Bytes that the server is known to have.
    offset: u64,
}

impl Delivery<'_> {
    fn finish(mut self, parcel: &mut Parcel<'_>, sender: &mut dyn Sender) -> Result<String> {
        let mut failures = 0;
        let mut complete_since = None;
        loop {
            sender.check()?;
            let before = self.offset;
            match self.advance(parcel, sender) {
                Ok(Some(job)) => return Ok(job),
                Ok(None) => await_import(parcel, sender, &mut complete_since)?,
                Err(error) if is_passing(&error) => {
                    failures = if self.offset > before { 1 } else { failures + 1 };
                    if failures > RETRIES_MAX {
                        return Err(broke_off(parcel, error));
                    }
                    if failures == 1 {
                        sender.tell(News::BrokeOff);
                    }
                    pause(sender, retry_pause(failures))?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks where the server is, and sends from there to the end. Without a job, the server has everything but has
    /// not begun with it.
    fn advance(&mut self, parcel: &mut Parcel<'_>, sender: &mut dyn Sender) -> Result<Option<String>> {
        let uploaded = self.client.look_at_upload(&self.location)?;
        self.offset = uploaded.offset;
        if uploaded.job.is_some() || uploaded.offset >= parcel.length {
            return Ok(uploaded.job);
        }
        if uploaded.offset > 0 {
            sender.tell(News::GoesOnAt(uploaded.offset));
        }
        sender.check_unchanged()?;
        let first = self.offset;
        parcel.file.seek(SeekFrom::Start(first)).context(|| format!("read {}", parcel.name))?;
        let mut progress = |done| {
            sender.sent(first + done);
            sender.check()
        };
        let rest = parcel.length - first;
        let sent = self.client.continue_upload(&self.location, first, parcel.file, rest, &mut progress)?;
        self.offset = sent.offset;
        Ok(sent.job)
    }
}

/// The server has the whole file and imports it when it can.
fn await_import(parcel: &Parcel<'_>, sender: &mut dyn Sender, since: &mut Option<Instant>) -> Result<()> {
    if since.is_none() {
        sender.tell(News::IsComplete);
    }
    if since.get_or_insert_with(Instant::now).elapsed() > TAKE_IN_MAX {
        return Err(Error::busy(format!("import {}: the server does not begin", parcel.name))
            .with_notice("net.not_taken_in")
            .with_value("name", parcel.name));
    }
    pause(sender, TAKE_IN_PAUSE)
}

/// Waits, but not longer than until the sender is to stop.
fn pause(sender: &dyn Sender, time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    while Instant::now() < end {
        sender.check()?;
        std::thread::sleep(TICK.min(end.saturating_duration_since(Instant::now())));
    }
    Ok(())
}

fn broke_off(parcel: &Parcel<'_>, cause: Error) -> Error {
    Error::unavailable(format!("send {}", parcel.name))
        .with_notice("net.upload_broke_off")
        .with_value("name", parcel.name)
        .with_source(cause)
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
}
