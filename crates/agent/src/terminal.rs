//! One terminal: its state directory, its disk, its center, and what all parts of a sync share.

use std::path::PathBuf;
use std::time::Duration;

use disk_patch::{Digest, FileStore, FsFolder, ObjectDir, Root};
use ed25519_dalek::VerifyingKey;
use fault::{Kind, Result};
use protocol::client::{Client, Limits};
use protocol::sync::public_key;

use crate::access::Access;
use crate::disk::{self, Paths};
use crate::remote::{Patience, Remote};
use crate::state::{Config, DISK_STATE, Pending, PendingStep, Record, StateDir};
use crate::stop::Stop;
use crate::watch::Watch;
use wording::Language;

/// An enrolled terminal.
#[derive(Clone, Debug)]
pub struct Terminal {
    /// Its state directory.
    pub state: StateDir,
    /// What enrolment and the site fixed.
    pub config: Config,
    /// The names that belong to its disk.
    pub paths: Paths,
    /// Whether to stop.
    pub stop: Stop,
    /// How long failed requests are tried again.
    pub patience: Patience,
    /// Where the devices of this machine are described.
    pub sysfs: PathBuf,
    access: Access,
    language: Language,
    limits: Limits,
    client: Client,
    key: VerifyingKey,
}

impl Terminal {
    /// The terminal whose state is in `state`.
    pub fn open(state: StateDir, language: Language, stop: Stop) -> Result<Self> {
        let (access, limits) = (Access::read(&state)?, Limits::default());
        let client = access.client(language, limits.clone())?;
        let config = access.config.clone();
        let key = public_key(&config.public_key)?;
        let paths = Paths::of(&config.disk);
        let patience = Patience::default();
        let sysfs = PathBuf::from("/sys");
        Ok(Self { state, config, paths, stop, patience, sysfs, access, language, limits, client, key })
    }

    /// The same terminal with other limits towards its center.
    pub fn with_limits(mut self, limits: Limits) -> Result<Self> {
        self.client = self.access.trusting(self.client.with_limits(limits.clone()))?;
        self.limits = limits;
        Ok(self)
    }

    /// Whether it was enrolled again since it was opened, or the site has changed its configuration or certificates.
    pub fn is_outdated(&self) -> Result<bool> {
        Ok(Access::read(&self.state)? != self.access)
    }

    /// Becomes what its state directory says by now; answers whether that is another terminal than before.
    pub fn renew(&mut self) -> Result<bool> {
        if !self.is_outdated()? {
            return Ok(false);
        }
        let _lock = self.state.lock()?;
        let access = Access::read(&self.state)?;
        let client = access.client(self.language, self.limits.clone())?;
        let key = public_key(&access.config.public_key)?;
        if access.config.center != self.config.center {
            // It may have come from the former center just now.
            self.state.remove_printer_key()?;
        }
        (self.config, self.paths) = (access.config.clone(), Paths::of(&access.config.disk));
        (self.access, self.client, self.key) = (access, client, key);
        Ok(true)
    }

    /// Whether a refusal by the center is meant for this terminal as it is now: nobody enrols it again, and nobody has.
    pub fn is_refused_for_good(&self) -> bool {
        let is_outdated = match self.state.lock() {
            Ok(_lock) => self.is_outdated(),
            Err(error) => return error.kind() != Kind::Busy,
        };
        is_outdated.map_or_else(|error| error.kind() == Kind::Denied, |is_outdated| !is_outdated)
    }

    /// The center, with `watch` told of failed tries.
    pub fn remote<'a>(&'a self, watch: &'a dyn Watch) -> Remote<'a> {
        Remote { client: &self.client, key: &self.key, stop: &self.stop, watch, patience: self.patience }
    }

    /// A connection for reports: they are small, and nothing waits for them for long.
    pub fn reporting_client(&self) -> Result<Client> {
        let short = Duration::from_secs(5);
        let limits = Limits { connect: short, stall: short, answer: short, ..Limits::default() };
        self.access.trusting(self.client.clone().with_limits(limits))
    }

    /// Bytes that the center has sent to this terminal since it was opened.
    pub fn bytes_fetched(&self) -> u64 {
        self.client.bytes_received()
    }

    /// Where fetched objects are kept until they are applied.
    pub fn staging(&self) -> Result<ObjectDir> {
        ObjectDir::open(self.state.join("staging"))
    }

    /// What is remembered of the center and of this disk; what was remembered of another file does not count.
    pub fn record(&self) -> Result<Record> {
        let record = self.state.record(&self.config.center)?;
        let disk = record.disk.clone().filter(|_| record.is_about(&self.paths.disk));
        Ok(Record { disk, file: Some(self.paths.disk.clone()), ..record })
    }

    /// The update that lies ready, if it is one of this center.
    pub fn pending(&self) -> Result<Option<Pending>> {
        let Some(pending) = self.state.pending()? else { return Ok(None) };
        Ok(pending.is_of(&self.record()?).then_some(pending))
    }

    /// Notes that an update lies ready.
    pub fn save_pending(&self, steps: Vec<PendingStep>) -> Result<()> {
        self.state.save_pending(&Pending { center: Some(self.config.center.clone()), steps })
    }

    /// The folder of the leaf table and the journal.
    pub fn disk_state(&self) -> Result<FsFolder> {
        FsFolder::open(self.state.join(DISK_STATE))
    }

    /// The same for whoever only looks.
    pub fn disk_state_as_it_is(&self) -> FsFolder {
        FsFolder::open_read_only(self.state.join(DISK_STATE))
    }

    /// The disk file, if there is one.
    pub fn open_disk(&self) -> Result<Option<FileStore>> {
        if_there(FileStore::open(&self.paths.disk))
    }

    /// The same for whoever only looks.
    pub fn open_disk_read_only(&self) -> Result<Option<FileStore>> {
        if_there(FileStore::open_read_only(&self.paths.disk))
    }

    /// Whether an update was begun and is not finished: the disk must not be opened.
    pub fn is_updating(&self) -> bool {
        self.paths.marker.exists() || self.has_journal()
    }

    /// Whether bytes of an update may have been written: what it reads must be kept until it is finished.
    pub fn has_journal(&self) -> bool {
        self.state.join(DISK_STATE).join("journal").exists()
    }

    /// Takes the marker away if the disk is a version that was proven, and leaves it otherwise.
    pub fn settle(&self, root: &Root) -> Result<()> {
        let proven = self.record()?.disk.map(|seen| seen.root);
        if proven == Some(root.to_string()) && !self.has_journal() {
            disk::unmark(&self.paths)?;
        }
        Ok(())
    }
}

fn if_there<T>(opened: Result<T>) -> Result<Option<T>> {
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A root from its hexadecimal form in a message of the center or a state file.
pub fn root_from(text: &str) -> Result<Root> {
    Digest::from_hex(text).map(Root)
}
