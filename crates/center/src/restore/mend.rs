//! The cheap way: leaf by leaf. Where every damaged leaf of Base is found somewhere else, they are put back by a patch,
//! and the version stays what it is.
//!
//! Nothing that is found is believed before the leaf table has proven it. Looked through are, in this order: Base
//! itself and the file that an earlier restore set aside, the registered images, whose clusters are those of Base, and
//! the packs of the patches that are kept, which have what NTFS and qcow2 keep about themselves.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use disk_patch::{
    BLOCK_BYTES, ByteStore, Digest, Disk, FileStore, FsFolder, LEAF_BYTES, LeafStage, LeafTable, ObjectDir,
    Source, unwatched, visit_literals,
};
use fault::Result;
use image_store::{ImageId, ImageStore};

use crate::config::DataDir;
use crate::import::discard_file;
use crate::publish;

/// Damaged leaves that are put together block by block at most: they are held in memory.
const PUT_TOGETHER_MAX: usize = 1024;
/// The folder in `work` that lists the leaves on their way into Base.
pub(crate) const LIST: &str = "mend";
/// The file in `work` that collects them.
pub(crate) const SCRATCH: &str = "mend.leaves";
/// Blocks of a leaf.
const BLOCKS: usize = (LEAF_BYTES / BLOCK_BYTES) as usize;

/// Where leaves may be found.
pub(crate) struct Sources {
    pub(crate) directory: DataDir,
    pub(crate) store: Arc<dyn ImageStore>,
    /// Registered images, the most likely first.
    pub(crate) images: Vec<ImageId>,
    /// Patches that are kept, newest first.
    pub(crate) patches: Vec<String>,
}

/// A file to look through.
enum Place {
    File(PathBuf),
    Image(ImageId),
}

/// Mends Base, whose leaf table is `found`, so that it becomes `target`; answers how many leaves were put back, or
/// none where some are nowhere to be found.
pub(crate) fn mend(sources: &Sources, target: &LeafTable, found: &LeafTable) -> Result<Option<u64>> {
    let damaged = leaves_of(target.differing(found));
    let scratch = sources.directory.work().join(SCRATCH);
    discard_file(&scratch);
    let mended = FileStore::create(&scratch)
        .and_then(|store| Search::new(sources, target, &damaged, &store).run())
        .and_then(|is_complete| match is_complete {
            true => put_back(sources, target, found, &FileStore::open(&scratch)?).map(Some),
            false => Ok(None),
        });
    discard_file(&scratch);
    super::remove_leftovers(&sources.directory);
    Ok(mended?.map(|()| damaged.len() as u64))
}

/// Puts the whole of Base together at `path` where nothing is left of it; answers whether all of it was found.
pub(crate) fn reassemble(sources: &Sources, target: &LeafTable, path: &Path) -> Result<bool> {
    discard_file(path);
    let store = FileStore::create(path)?;
    let every: Vec<u64> = (0..target.leaf_count()).collect();
    if !Search::new(sources, target, &every, &store).run()? {
        discard_file(path);
        return Ok(false);
    }
    store.set_len(target.byte_len())?;
    store.sync()?;
    Ok(LeafTable::of_store(&store, &mut unwatched())?.identity() == target.identity())
}

/// Whether all of these leaves can be found. Nothing is changed.
pub(crate) fn can_find(sources: &Sources, target: &LeafTable, damaged: &[u64]) -> Result<bool> {
    let scratch = sources.directory.work().join(SCRATCH);
    discard_file(&scratch);
    let found =
        FileStore::create(&scratch).and_then(|store| Search::new(sources, target, damaged, &store).run());
    discard_file(&scratch);
    found
}

pub(crate) fn leaves_of(runs: Vec<Range<u64>>) -> Vec<u64> {
    runs.into_iter().flatten().collect()
}

/// Damaged leaves, and what was found of them, at their places in a scratch file.
struct Search<'a> {
    sources: &'a Sources,
    target: &'a LeafTable,
    scratch: &'a FileStore,
    missing: HashMap<Digest, Vec<u64>>,
}

impl<'a> Search<'a> {
    fn new(sources: &'a Sources, target: &'a LeafTable, damaged: &[u64], scratch: &'a FileStore) -> Self {
        let mut missing: HashMap<Digest, Vec<u64>> = HashMap::new();
        for leaf in damaged.iter().filter(|leaf| !target.is_zero_leaf(**leaf)) {
            if let Some(digest) = target.leaf(*leaf) {
                missing.entry(digest).or_default().push(*leaf);
            }
        }
        Self { sources, target, scratch, missing }
    }

    /// Whether all of them were found.
    fn run(mut self) -> Result<bool> {
        let directory = &self.sources.directory;
        let files = [directory.base(), directory.set_aside()].map(Place::File);
        let images = self.sources.images.iter().cloned().map(Place::Image);
        for place in files.into_iter().chain(images) {
            if self.missing.is_empty() {
                return Ok(true);
            }
            if let Err(error) = self.look_through(&place) {
                tracing::warn!(target: "voi_drive_backups_manage", %error, "cannot look for leaves there");
            }
        }
        self.put_together()?;
        Ok(self.missing.is_empty())
    }

    fn look_through(&mut self, place: &Place) -> Result<()> {
        let mut reader: Box<dyn Read> = match place {
            Place::File(path) if !path.is_file() => return Ok(()),
            Place::File(path) => Box::new(std::fs::File::open(path)?),
            Place::Image(id) => self.sources.store.open(id)?,
        };
        let mut leaf = vec![0; LEAF_BYTES as usize];
        loop {
            let length = fill(&mut reader, &mut leaf)?;
            if length == 0 || self.missing.is_empty() {
                return Ok(());
            }
            self.offer(&leaf[..length])?;
        }
    }

    /// Takes a content that may be wanted.
    fn offer(&mut self, content: &[u8]) -> Result<bool> {
        let Some(leaves) = self.missing.remove(&Digest::of(content)) else { return Ok(false) };
        for leaf in leaves {
            self.scratch.write_all_at(content, leaf * LEAF_BYTES)?;
        }
        Ok(true)
    }

    /// Puts leaves together from the literals of the patches, the newest first, and where no patch has written a block,
    /// from the first state of the disk or from what Base has there.
    fn put_together(&mut self) -> Result<()> {
        let leaves: Vec<u64> = self.missing.values().flatten().copied().collect();
        if leaves.is_empty() || leaves.len() > PUT_TOGETHER_MAX {
            return Ok(());
        }
        let mut known: BTreeMap<u64, Blocks> = leaves.iter().map(|leaf| (*leaf, Blocks::default())).collect();
        for digest in &self.sources.patches {
            if let Err(error) = self.take_literals(digest, &mut known) {
                tracing::warn!(target: "voi_drive_backups_manage", %error, "cannot read a patch for its leaves");
                // What older ones have written may have been written again by this one.
                break;
            }
        }
        let grounds = [self.ground_of_base(&leaves)?, self.ground_of_first(&leaves)?];
        for (leaf, blocks) in known {
            let range = self.target.leaf_range(leaf);
            for ground in &grounds {
                let content = blocks.over(ground.get(&leaf));
                if self.offer(&content[..(range.end - range.start) as usize])? {
                    break;
                }
            }
        }
        Ok(())
    }

    fn take_literals(&self, digest: &str, known: &mut BTreeMap<u64, Blocks>) -> Result<()> {
        let objects = ObjectDir::open(self.sources.directory.objects())?;
        let patch = publish::read_patch(&objects, digest)?;
        let leaf_of = |block: u32| u64::from(block) / BLOCKS as u64;
        let wanted: Vec<u64> = known.keys().copied().collect();
        let is_wanted = |block: u32| wanted.binary_search(&leaf_of(block)).is_ok();
        for op in patch.ops().iter().filter(|op| op.source == Source::Zero) {
            for block in (op.dst.start..).take(op.dst.count as usize).filter(|block| is_wanted(*block)) {
                known.entry(leaf_of(block)).or_default().set(block, &[0; BLOCK_BYTES as usize]);
            }
        }
        let base = directory_file(&self.sources.directory.base())?;
        visit_literals(&patch, &objects, &base, is_wanted, &mut |block, content| {
            if let Some(blocks) = known.get_mut(&leaf_of(block)) {
                blocks.set(block, content);
            }
            Ok(())
        })
    }

    /// What Base has at the places of these leaves: damage seldom covers all of one.
    fn ground_of_base(&self, leaves: &[u64]) -> Result<HashMap<u64, Vec<u8>>> {
        let path = self.sources.directory.base();
        match path.is_file() {
            true => ground(&mut std::fs::File::open(path)?, leaves),
            false => Ok(HashMap::new()),
        }
    }

    /// What the first registered state of the disk has there.
    fn ground_of_first(&self, leaves: &[u64]) -> Result<HashMap<u64, Vec<u8>>> {
        match self.sources.images.last().map(|id| self.sources.store.open(id)) {
            Some(Ok(mut reader)) => ground(&mut reader, leaves),
            _ => Ok(HashMap::new()),
        }
    }
}

/// What is known of the blocks of a leaf.
#[derive(Default)]
struct Blocks([Option<Vec<u8>>; BLOCKS]);

impl Blocks {
    /// Newer patches come first.
    fn set(&mut self, block: u32, content: &[u8]) {
        self.0[block as usize % BLOCKS].get_or_insert_with(|| content.to_vec());
    }

    fn over(&self, ground: Option<&Vec<u8>>) -> Vec<u8> {
        let mut content = ground.cloned().unwrap_or_else(|| vec![0; LEAF_BYTES as usize]);
        for (known, block) in self.0.iter().zip(content.chunks_mut(BLOCK_BYTES as usize)) {
            if let Some(bytes) = known {
                block.copy_from_slice(bytes);
            }
        }
        content
    }
}

/// Reads the given leaves of a stream, with zeros behind its end.
fn ground(reader: &mut dyn Read, leaves: &[u64]) -> Result<HashMap<u64, Vec<u8>>> {
    let mut found = HashMap::new();
    let mut leaf = vec![0; LEAF_BYTES as usize];
    for number in 0.. {
        let length = fill(reader, &mut leaf)?;
        if length == 0 {
            break;
        }
        if leaves.contains(&number) {
            leaf[length..].fill(0);
            found.insert(number, leaf.clone());
        }
    }
    Ok(found)
}

/// Fills the buffer as far as the stream goes.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..])? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}

/// Puts the leaves of the scratch file into Base, through the journal.
fn put_back(sources: &Sources, target: &LeafTable, found: &LeafTable, scratch: &FileStore) -> Result<()> {
    let directory = &sources.directory;
    let objects = ObjectDir::open(directory.objects())?;
    let list = FsFolder::open(directory.work().join(LIST))?;
    let mut stage = LeafStage::open(&list, &objects, target)?;
    let file = FileStore::open(directory.base())?;
    scratch.set_len(target.byte_len())?;
    for run in stage.missing(found) {
        // Where most of a run is damaged, all of it is wanted.
        for leaf in run.clone().filter(|leaf| target.leaf(*leaf) == found.leaf(*leaf)) {
            copy_leaf(&file, scratch, target.leaf_range(leaf))?;
        }
        let packed = disk_patch::pack_leaves(scratch, target, run.clone())?;
        stage.accept(run, &packed)?;
    }
    let patch = stage.patch(found)?;
    let state = FsFolder::open(directory.base_state())?;
    // The file is what was found of it: that is what the patch is for.
    found.save(&state, "leaves")?;
    Disk { file: &file, state: &state }.apply(&patch, &objects, &mut unwatched())?;
    let packs = stage.finish()?;
    packs.iter().try_for_each(|digest| objects.remove(digest))
}

/// A file that may be gone, and is empty then.
fn directory_file(path: &Path) -> Result<FileStore> {
    FileStore::open_read_only(if path.is_file() { path } else { Path::new("/dev/null") })
}

fn copy_leaf(from: &FileStore, to: &FileStore, bytes: Range<u64>) -> Result<()> {
    let mut leaf = vec![0; (bytes.end - bytes.start) as usize];
    from.read_exact_at(&mut leaf, bytes.start)?;
    to.write_all_at(&leaf, bytes.start)
}
