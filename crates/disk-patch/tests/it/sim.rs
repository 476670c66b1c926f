//! Files that know what a crash may leave of them.
//!
//! A [`World`] holds files and one folder. It keeps what is live apart from what is durable, counts every I/O, and
//! can fail one of them or die at it. [`World::crashed`] is the world after the power came back: durable content plus
//! any part of what was not synced, in 512-byte sectors, whatever its order was.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use disk_patch::{ByteStore, Digest, Folder, PackSink, PackSource};
use fault::{Error, Result};

const SECTOR: usize = 512;

/// A store in memory that never fails.
#[derive(Default)]
pub(crate) struct MemoryStore(Mutex<Vec<u8>>);

impl MemoryStore {
    pub(crate) fn of(content: &[u8]) -> Self {
        Self(Mutex::new(content.to_vec()))
    }

    pub(crate) fn content(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl ByteStore for MemoryStore {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        read_from(&self.0.lock().unwrap(), buffer, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        write_to(&mut self.0.lock().unwrap(), bytes, offset as usize);
        Ok(())
    }

    fn byte_len(&self) -> Result<u64> {
        Ok(self.0.lock().unwrap().len() as u64)
    }

    fn set_len(&self, length: u64) -> Result<()> {
        self.0.lock().unwrap().resize(length as usize, 0);
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }
}

fn read_from(content: &[u8], buffer: &mut [u8], offset: u64) -> Result<()> {
    let start = offset as usize;
    let part =
        content.get(start..start + buffer.len()).ok_or_else(|| Error::corrupt("read behind the end"))?;
    buffer.copy_from_slice(part);
    Ok(())
}

fn write_to(content: &mut Vec<u8>, bytes: &[u8], start: usize) {
    content.resize(content.len().max(start + bytes.len()), 0);
    content[start..start + bytes.len()].copy_from_slice(bytes);
}

/// Objects in memory; reading one counts as an I/O of the world, if there is one.
#[derive(Default)]
pub(crate) struct MemoryObjects {
    objects: Mutex<HashMap<Digest, Vec<u8>>>,
    world: Option<World>,
}

impl MemoryObjects {
    pub(crate) fn in_world(&self, world: &World) -> Self {
        Self { objects: Mutex::new(self.objects.lock().unwrap().clone()), world: Some(world.clone()) }
    }

    pub(crate) fn remove(&self, digest: &Digest) {
        self.objects.lock().unwrap().remove(digest);
    }

    pub(crate) fn damage(&self, digest: &Digest) {
        self.objects.lock().unwrap().get_mut(digest).unwrap()[20] ^= 1;
    }
}

impl PackSink for MemoryObjects {
    fn store(&self, digest: &Digest, bytes: &[u8]) -> Result<()> {
        self.objects.lock().unwrap().insert(*digest, bytes.to_vec());
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }
}

impl PackSource for MemoryObjects {
    fn read(&self, digest: &Digest) -> Result<Vec<u8>> {
        if let Some(world) = &self.world {
            world.lock().tick()?;
        }
        let objects = self.objects.lock().unwrap();
        let bytes = objects.get(digest).cloned().ok_or_else(|| missing(digest))?;
        disk_patch::check_digest(digest, &bytes)?;
        Ok(bytes)
    }
}

/// What happens at the I/O with the chosen number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// It alone fails, and a write does half of its work before.
    Fails,
    /// It and all after it fail: the power is gone.
    Dies,
}

#[derive(Clone, Debug)]
enum Pending {
    Write { offset: usize, bytes: Vec<u8> },
    SetLen(usize),
}

#[derive(Clone, Default)]
struct Inode {
    live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Pending>,
}

#[derive(Clone, Debug)]
enum Entry {
    Create(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Default)]
struct State {
    inodes: Vec<Inode>,
    live: BTreeMap<String, usize>,
    durable: BTreeMap<String, usize>,
    pending: Vec<Entry>,
    ios: u64,
    trouble: Option<(u64, Trouble)>,
}

/// Files, one folder, and the count of all I/O.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<State>>);

/// A file of a world.
pub(crate) struct SimFile {
    world: World,
    inode: usize,
}

impl World {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// A durable file that is in no folder.
    pub(crate) fn add_file(&self, content: &[u8]) -> SimFile {
        let mut state = self.lock();
        state.inodes.push(Inode { live: content.to_vec(), durable: content.to_vec(), pending: Vec::new() });
        SimFile { world: self.clone(), inode: state.inodes.len() - 1 }
    }

    /// The same file, in this world: after a crash.
    pub(crate) fn file(&self, other: &SimFile) -> SimFile {
        SimFile { world: self.clone(), inode: other.inode }
    }

    /// The files of the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        self.lock().live.keys().cloned().collect()
    }

    /// The bytes of all files together, also of those that have lost their names.
    pub(crate) fn allocated(&self) -> u64 {
        self.lock().inodes.iter().map(|inode| inode.live.len() as u64).sum()
    }

    pub(crate) fn ios(&self) -> u64 {
        self.lock().ios
    }

    /// Starts to count anew; the I/O number `at` (from 0) gets the trouble.
    pub(crate) fn expect(&self, trouble: Option<(u64, Trouble)>) {
        let mut state = self.lock();
        (state.ios, state.trouble) = (0, trouble);
    }

    /// The world after a crash of this one, as the random numbers decide.
    pub(crate) fn crashed(&self, seed: u64) -> Self {
        let state = self.lock();
        let mut dice = Dice(seed);
        let inodes: Vec<Inode> = state.inodes.iter().map(|inode| inode.crashed(&mut dice)).collect();
        let mut entries = state.durable.clone();
        let kept = state.pending.iter().filter(|_| dice.throw(2) == 0);
        kept.for_each(|entry| entry.apply(&mut entries));
        let state = State { inodes, live: entries.clone(), durable: entries, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }
}

impl World {
    /// The world after a crash that came when so many eighths of what was not synced had reached the disk, in its order.
    pub(crate) fn cut_off(&self, eighths: usize) -> Self {
        let state = self.lock();
        let inodes: Vec<Inode> = state.inodes.iter().map(|inode| inode.cut_off(eighths)).collect();
        let mut entries = state.durable.clone();
        let kept = state.pending.iter().take((state.pending.len() * eighths).div_ceil(8));
        kept.for_each(|entry| entry.apply(&mut entries));
        let state = State { inodes, live: entries.clone(), durable: entries, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }
}

impl State {
    fn tick(&mut self) -> Result<()> {
        let number = self.ios;
        self.ios += 1;
        match self.trouble {
            Some((at, Trouble::Fails)) if number == at => {
                Err(Error::no_space("write: the test wants it to fail"))
            }
            Some((at, Trouble::Dies)) if number >= at => Err(Error::unavailable("go on: the power is gone")),
            _ => Ok(()),
        }
    }

    fn enter(&mut self, entry: Entry) -> Result<()> {
        self.tick()?;
        entry.apply(&mut self.live);
        self.pending.push(entry);
        Ok(())
    }
}

impl Entry {
    fn apply(&self, entries: &mut BTreeMap<String, usize>) {
        match self {
            Self::Create(name, inode) => {
                entries.insert(name.clone(), *inode);
            }
            Self::Remove(name) => {
                entries.remove(name);
            }
            Self::Rename(from, to) => {
                if let Some(inode) = entries.remove(from) {
                    entries.insert(to.clone(), inode);
                }
            }
        }
    }
}

impl Inode {
    fn write(&mut self, pending: Pending) {
        pending.apply(&mut self.live);
        self.pending.push(pending);
    }

    /// Any sectors of any unsynced writes may have reached the disk, in any order.
    fn crashed(&self, dice: &mut Dice) -> Self {
        let mut sectors: Vec<Pending> = self.pending.iter().flat_map(Pending::sectors).collect();
        let lazy = dice.throw(4);
        sectors.retain(|_| dice.throw(4) > lazy);
        for last in (1..sectors.len()).rev() {
            // Writes of one sector keep their order: the disk has one version of it or the other.
            let other = dice.throw(last as u64 + 1) as usize;
            if !sectors[last].overlaps(&sectors[other]) && dice.throw(2) == 0 {
                sectors.swap(last, other);
            }
        }
        let mut content = self.durable.clone();
        sectors.iter().for_each(|sector| sector.apply(&mut content));
        Self { live: content.clone(), durable: content, pending: Vec::new() }
    }
}

impl Inode {
    /// The first of the unsynced sectors have reached the disk.
    fn cut_off(&self, eighths: usize) -> Self {
        let sectors: Vec<Pending> = self.pending.iter().flat_map(Pending::sectors).collect();
        let mut content = self.durable.clone();
        sectors.iter().take(sectors.len() * eighths / 8).for_each(|sector| sector.apply(&mut content));
        Self { live: content.clone(), durable: content, pending: Vec::new() }
    }
}

impl Pending {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => write_to(content, bytes, *offset),
            Self::SetLen(length) => content.resize(*length, 0),
        }
    }

    fn sectors(&self) -> Vec<Self> {
        let Self::Write { offset, bytes } = self else { return vec![self.clone()] };
        let first = SECTOR - offset % SECTOR;
        let (head, tail) = bytes.split_at(first.min(bytes.len()));
        let starts = std::iter::once(*offset).chain((offset + first..).step_by(SECTOR));
        let parts = std::iter::once(head).chain(tail.chunks(SECTOR));
        starts.zip(parts).map(|(offset, bytes)| Self::Write { offset, bytes: bytes.to_vec() }).collect()
    }

    fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Write { offset: a, .. }, Self::Write { offset: b, .. }) => a / SECTOR == b / SECTOR,
            _ => true,
        }
    }
}

impl ByteStore for SimFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let mut state = self.world.lock();
        state.tick()?;
        read_from(&state.inodes[self.inode].live, buffer, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        let mut state = self.world.lock();
        let ticked = state.tick();
        // A write that fails may have been done in part.
        let done = if ticked.is_ok() { bytes.len() } else { bytes.len() / 2 };
        let is_dead = matches!(state.trouble, Some((at, Trouble::Dies)) if state.ios > at + 1);
        if !is_dead {
            let bytes = bytes[..done].to_vec();
            state.inodes[self.inode].write(Pending::Write { offset: offset as usize, bytes });
        }
        ticked
    }

    fn byte_len(&self) -> Result<u64> {
        let mut state = self.world.lock();
        state.tick()?;
        Ok(state.inodes[self.inode].live.len() as u64)
    }

    fn set_len(&self, length: u64) -> Result<()> {
        let mut state = self.world.lock();
        state.tick()?;
        state.inodes[self.inode].write(Pending::SetLen(length as usize));
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        let mut state = self.world.lock();
        state.tick()?;
        let inode = &mut state.inodes[self.inode];
        inode.durable = inode.live.clone();
        inode.pending.clear();
        Ok(())
    }
}

impl SimFile {
    /// What a reader would see now.
    pub(crate) fn content(&self) -> Vec<u8> {
        self.world.lock().inodes[self.inode].live.clone()
    }

    /// What would surely survive a crash.
    pub(crate) fn durable_content(&self) -> Vec<u8> {
        self.world.lock().inodes[self.inode].durable.clone()
    }
}

impl Folder for World {
    fn create(&self, name: &str) -> Result<Box<dyn ByteStore>> {
        let mut state = self.lock();
        let inode = match state.live.get(name) {
            Some(inode) => *inode,
            None => {
                state.inodes.push(Inode::default());
                state.inodes.len() - 1
            }
        };
        state.enter(Entry::Create(name.to_owned(), inode))?;
        state.inodes[inode].write(Pending::SetLen(0));
        Ok(Box::new(SimFile { world: self.clone(), inode }))
    }

    fn open(&self, name: &str) -> Result<Option<Box<dyn ByteStore>>> {
        let mut state = self.lock();
        state.tick()?;
        let found = state.live.get(name).copied();
        Ok(found.map(|inode| Box::new(SimFile { world: self.clone(), inode }) as Box<dyn ByteStore>))
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        self.lock().enter(Entry::Rename(from.to_owned(), to.to_owned()))
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.lock().enter(Entry::Remove(name.to_owned()))
    }

    fn sync(&self) -> Result<()> {
        let mut state = self.lock();
        state.tick()?;
        state.durable = state.live.clone();
        state.pending.clear();
        Ok(())
    }
}

/// Repeatable random numbers.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % sides
    }
}

fn missing(digest: &Digest) -> Error {
    Error::not_found("find an object").with_notice("patch.object_missing").with_value("digest", digest)
}
