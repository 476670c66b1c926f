//! Disks and terminals to test with.

use std::path::{Path, PathBuf};
use std::time::Duration;

use agent::remote::Patience;
use agent::state::{Config, Record, StateDir};
use agent::stop::Stop;
use agent::terminal::Terminal;
use fault::Error;
use protocol::client::Limits;
use protocol::sync::hex;
use wording::Language;

use crate::center::{Center, SECRET};

pub(crate) const LEAF: usize = 65536;

/// A directory that lives in memory where there is room for it: these tests sync files all the time.
pub(crate) fn temporary() -> tempfile::TempDir {
    let memory = "/dev/shm";
    let has_room = nix::sys::statvfs::statvfs(memory)
        .is_ok_and(|stat| stat.blocks_available() * stat.fragment_size() >= 2 << 30);
    let in_memory = has_room.then(|| tempfile::tempdir_in(memory).ok()).flatten();
    in_memory.unwrap_or_else(|| tempfile::tempdir().unwrap())
}

/// Deterministic noise.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 29)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// A disk of about `leaves` leaves: noise, with every third leaf zero, and a short last one.
pub(crate) fn disk(leaves: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; leaves * LEAF - 12_345];
    for (number, leaf) in bytes.chunks_mut(LEAF).enumerate() {
        if number % 3 != 1 {
            Noise(seed + number as u64).fill(leaf);
        }
    }
    bytes
}

/// The next version: some blocks new, some copied from elsewhere (also onto each other), some zero, another length.
pub(crate) fn edited(old: &[u8], seed: u64) -> Vec<u8> {
    let mut noise = Noise(seed);
    let mut bytes = old.to_vec();
    let blocks = old.len() / 4096 - 20;
    for _ in 0..6 {
        let (from, to, count) = (noise.below(blocks), noise.below(blocks), 1 + noise.below(16));
        let (from, to, length) = (from * 4096, to * 4096, count * 4096);
        bytes[to..to + length].copy_from_slice(&old[from..from + length]);
        bytes[from..from + length].copy_from_slice(&old[to..to + length]);
        let at = noise.below(blocks) * 4096;
        noise.fill(&mut bytes[at..at + length]);
        let at = noise.below(blocks) * 4096;
        bytes[at..at + 4096].fill(0);
    }
    bytes.resize(bytes.len() + noise.below(3 * LEAF), 7);
    bytes
}

/// A terminal in a directory of its own, enrolled at a center.
pub(crate) struct Machine {
    _directory: tempfile::TempDir,
    pub(crate) terminal: Terminal,
}

impl Machine {
    pub(crate) fn new(center: &Center) -> Self {
        let directory = temporary();
        let terminal = enrolled(center, directory.path(), directory.path().join("disk.qcow2"));
        Self { _directory: directory, terminal }
    }

    /// One whose disk is the current version.
    pub(crate) fn synced(center: &Center) -> Self {
        let machine = Self::new(center);
        machine.sync().unwrap();
        center.requests();
        machine
    }

    /// One that has the same disk, and knows the same, as this one that has synced.
    pub(crate) fn twin(&self, center: &Center) -> Self {
        let twin = Self::new(center);
        std::fs::copy(self.disk(), twin.disk()).unwrap();
        std::fs::create_dir(twin.terminal.state.join("disk")).unwrap();
        std::fs::copy(self.terminal.state.join("disk/leaves"), twin.terminal.state.join("disk/leaves"))
            .unwrap();
        let record = Record { file: Some(twin.disk()), ..self.terminal.record().unwrap() };
        twin.terminal.state.save_record(&record).unwrap();
        twin
    }

    pub(crate) fn disk(&self) -> PathBuf {
        self.terminal.paths.disk.clone()
    }

    pub(crate) fn content(&self) -> Vec<u8> {
        std::fs::read(self.disk()).unwrap_or_default()
    }

    pub(crate) fn sync(&self) -> fault::Result<agent::sync::Outcome> {
        self.terminal.sync(&agent::watch::Unwatched)
    }

    /// The disk may be opened, and nothing lies around that was only needed on the way.
    pub(crate) fn assert_whole(&self, content: &[u8]) {
        assert!(self.content() == content, "the disk is another one");
        assert!(!self.terminal.is_updating());
        assert!(!self.terminal.paths.partial.exists());
        assert!(self.terminal.state.pending().unwrap().is_none());
        assert!(!self.terminal.state.join("staging").exists());
    }
}

pub(crate) fn enrolled(center: &Center, state: &Path, disk: PathBuf) -> Terminal {
    let state = StateDir::new(state);
    state.create().unwrap();
    state.save_secret(SECRET).unwrap();
    let config = Config {
        server: center.url.clone(),
        center: center.state(|state| state.name.clone()),
        public_key: center.state(|state| hex(state.key.verifying_key().as_bytes())),
        terminal: "t-1".into(),
        disk,
        ca_file: None,
        in_use_file: None,
        in_use_command: vec![],
        mode_file: None,
        language: Some("en".into()),
    };
    state.save_config(&config).unwrap();
    let limits = Limits { stall: Duration::from_secs(10), ..Limits::default() };
    let terminal = Terminal::open(state, Language::English, Stop::default()).unwrap();
    let mut terminal = terminal.with_limits(limits).unwrap();
    terminal.patience = Patience { attempts: 3, pause: Duration::from_millis(2) };
    terminal
}

pub(crate) fn notice(error: &Error) -> &str {
    error.notice().map_or("", |notice| notice.id.as_ref())
}
