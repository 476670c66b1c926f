//! What a terminal asks its center for: typed, bounded, verified, and tried again where that may help.

use std::ops::Range;
use std::time::Duration;

use disk_patch::{Digest, FileIdentity, LeafTable, Root};
use ed25519_dalek::VerifyingKey;
use fault::{Context, Error, Kind, Result};
use protocol::api::{Directive, Inventory, PrinterKey, Report};
use protocol::client::{Client, with_query};
use protocol::sync::{
    HEAD_WAIT_SECONDS_MAX, MANIFEST_BYTES_MAX, Manifest, ObjectRef, SignedHead, VerifiedHead,
};
use protocol::thor::DoneAnswer;

use crate::backoff;
use crate::limits::{ATTEMPTS_PER_REQUEST, REQUEST_PAUSE, TURN_PAUSE, TURNS_PER_REQUEST};
use crate::stop::Stop;
use crate::watch::{Meter, Note, Watch};

/// How long failed requests are tried again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often one request is tried.
    pub attempts: u32,
    /// The first pause between tries, before it is shortened at random.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { attempts: ATTEMPTS_PER_REQUEST, pause: REQUEST_PAUSE }
    }
}

/// The center, as one terminal sees it.
pub struct Remote<'a> {
    /// Speaks with it.
    pub client: &'a Client,
    /// Signs its heads.
    pub key: &'a VerifyingKey,
    /// Ends the pauses between tries.
    pub stop: &'a Stop,
    /// Is told of tries that fail.
    pub watch: &'a dyn Watch,
    /// How long they are tried again.
    pub patience: Patience,
}

impl Remote<'_> {
    /// The current head, with its signature checked and nothing else.
    pub fn head(&self) -> Result<VerifiedHead> {
        self.again(|| self.client.get_json::<SignedHead>("/api/v1/sync/head"))
            .and_then(|head| self.proven(&head))
    }

    /// Waits until the version differs from `after`, or until `wait` is over.
    pub fn await_head(&self, after: u64, wait: Duration) -> Result<VerifiedHead> {
        let seconds = wait.as_secs().min(HEAD_WAIT_SECONDS_MAX);
        let (after, text) = (after.to_string(), seconds.to_string());
        let path = with_query("/api/v1/sync/head", &[("after", &after), ("wait", &text)]);
        let _may_be_given_up = self.stop.listening();
        let head: SignedHead = self.client.get_json_waiting(&path, Duration::from_secs(seconds))?;
        self.proven(&head)
    }

    fn proven(&self, head: &SignedHead) -> Result<VerifiedHead> {
        head.verify(self.key).context(|| "believe the head")
    }

    /// The manifest of a head, which must say what the head says.
    pub fn manifest(&self, head: &VerifiedHead) -> Result<Manifest> {
        let bytes = self.again(|| self.named(&head.manifest, MANIFEST_BYTES_MAX as u64, &mut |_| Ok(())))?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| wrong("manifest", &error))?;
        if manifest.format != 1 {
            return Err(Error::invalid(format!("read a manifest of format {}", manifest.format))
                .with_notice("sync.newer_format"));
        }
        let described = (manifest.version, &manifest.root, manifest.length);
        if described != (head.version, &head.root, head.length) {
            return Err(wrong("manifest", &"it describes another version than its head"));
        }
        Ok(manifest)
    }

    /// The leaf table of the current file, proven by the root in the head.
    pub fn leaf_table(&self, manifest: &Manifest, target: &FileIdentity) -> Result<LeafTable> {
        let announced = &manifest.leaf_table;
        if announced.bytes != LeafTable::encoded_bytes(target.length) {
            return Err(wrong("leaf table", &"its announced size does not fit the length of the disk"));
        }
        let bytes = self.again(|| self.object(announced, &mut |_| Ok(())))?;
        LeafTable::decode_expecting(&bytes, target)
    }

    /// An object of exactly the announced size, proven by its name. It is tried again when that may help.
    pub fn object_metered(&self, object: &ObjectRef, meter: &Meter<'_>) -> Result<Vec<u8>> {
        self.again_metered(meter, |progress| self.object(object, progress))
    }

    fn object(&self, object: &ObjectRef, progress: &mut dyn FnMut(u64) -> Result<()>) -> Result<Vec<u8>> {
        let bytes = self.named(&object.digest, object.bytes, progress)?;
        if bytes.len() as u64 != object.bytes {
            return Err(wrong(&object.digest, &format!("{} bytes were announced", object.bytes)));
        }
        Ok(bytes)
    }

    fn named(
        &self,
        digest: &str,
        limit: u64,
        progress: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<Vec<u8>> {
        let digest = Digest::from_hex(digest).map_err(|error| wrong("name of an object", &error))?;
        let bytes = self.client.get_bytes(&format!("/api/v1/sync/objects/{digest}"), limit, progress)?;
        disk_patch::check_digest(&digest, &bytes)?;
        Ok(bytes)
    }

    /// Leaves of the current file, packed; the caller proves them. `Conflict` when `root` is no longer current.
    pub fn leaves(&self, root: &Root, leaves: &Range<u64>, limit: u64) -> Result<Vec<u8>> {
        let path = format!("/api/v1/sync/base/{root}/{}-{}", leaves.start, leaves.end - 1);
        self.again(|| self.client.get_bytes(&path, limit, &mut |_| self.stop.check_download()))
    }

    /// Says what this terminal is doing. It is not tried again: the next report says more.
    pub fn report(&self, report: &Report) -> Result<Directive> {
        self.client.post_json("/api/v1/terminals/self/report", report)
    }

    /// Tells what is in this machine. It is not tried again: the next report does.
    pub fn send_inventory(&self, inventory: &Inventory) -> Result<()> {
        self.client.post_json::<_, DoneAnswer>("/api/v1/terminals/self/inventory", inventory).map(drop)
    }

    /// The key that opens the passwords of shared printers.
    pub fn printer_key(&self) -> Result<PrinterKey> {
        self.client.get_json("/api/v1/terminals/self/printer-key")
    }

    fn again_metered(
        &self,
        meter: &Meter<'_>,
        mut request: impl FnMut(&mut dyn FnMut(u64) -> Result<()>) -> Result<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        self.again(|| {
            let mut counted = 0;
            let fetched = request(&mut |done| {
                let step = done - std::mem::replace(&mut counted, done);
                meter.add(step)
            });
            if fetched.is_err() {
                meter.take_back(counted);
            }
            fetched
        })
    }

    /// Tries until it succeeds, a failure is final, or it was tried often enough.
    ///
    /// Damaged bytes are asked for once more: something between here and the center may have cut or mixed them. Whoever
    /// is told to come again, for others use the bandwidth, does so for longer.
    fn again<T>(&self, mut request: impl FnMut() -> Result<T>) -> Result<T> {
        let (mut attempt, mut turns) = (0, 0);
        loop {
            let error = match request() {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if is_queued(&error) && turns < TURNS_PER_REQUEST {
                turns += 1;
                if self.stop.wait(backoff::delay(TURN_PAUSE, TURN_PAUSE, 0, backoff::random())) {
                    return Err(error);
                }
                self.stop.check_download()?;
                continue;
            }
            attempt += 1;
            let may_help = error.kind().may_pass() || (error.kind() == Kind::Corrupt && attempt == 1);
            if !may_help || is_waiting(&error) || attempt >= self.patience.attempts {
                return Err(error);
            }
            self.watch.note(&Note::Again(error.to_string()));
            let pause = backoff::delay(self.patience.pause, Duration::MAX, attempt, backoff::random());
            if self.stop.wait(pause) {
                return Err(error);
            }
        }
    }
}

/// Whether the center has no bandwidth left for this terminal at the moment.
fn is_queued(error: &Error) -> bool {
    error.notice().is_some_and(|notice| notice.id == "sync.bandwidth_full")
}

/// Whether nothing is wrong, but the download has to wait: for a time of updates, or for bandwidth.
pub fn is_waiting(error: &Error) -> bool {
    is_queued(error) || error.notice().is_some_and(|notice| notice.id == "sync.outside_window")
}

/// Whether what was asked for has gone because a newer version has come.
pub fn is_superseded(error: &Error) -> bool {
    matches!(error.kind(), Kind::NotFound | Kind::Conflict)
}

fn wrong(object: &str, why: &dyn std::fmt::Display) -> Error {
    Error::corrupt(format!("use the {object} that the center sent: {why}"))
        .with_notice("sync.damaged")
        .with_value("object", object)
}
