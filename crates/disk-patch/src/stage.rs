//! Fetching leaves for a file that stays valid meanwhile: they are kept as packs until all are there, and then go in
//! through the journal like any patch. A killed fetch goes on where it was.

use std::collections::HashSet;
use std::ops::Range;

use fault::Result;

use crate::folder::{self, Folder};
use crate::identity::Digest;
use crate::leafwise::{LeafPack, leaf_pack, patch_from_leaves, unpack_leaves, wanted_leaves};
use crate::leaves::LeafTable;
use crate::limits::MAX_FILE_BYTES;
use crate::pack::{PackRef, PackSink};
use crate::patch::Patch;
use crate::store::ByteStore;

/// The name of the list of fetched packs.
const FETCHED: &str = "fetched";
/// The first bytes of the list, with the version of its format.
const MAGIC: [u8; 8] = *b"DCFETCH\x01";
/// Magic and the root of the target.
const HEADER_BYTES: usize = 40;
/// First leaf, number of leaves, digest, raw and packed size, and 8 bytes of the digest of all that.
const RECORD_BYTES: usize = 64;

/// Leaves on their way into a file.
pub struct LeafStage<'a> {
    state: &'a dyn Folder,
    objects: &'a dyn PackSink,
    target: &'a LeafTable,
    list: Box<dyn ByteStore>,
    fetched: Vec<LeafPack>,
}

impl<'a> LeafStage<'a> {
    /// Goes on with a fetch of `target`, or begins one. The list is in `state`, the packs go to `objects`. A list
    /// for another target is dropped.
    pub fn open(state: &'a dyn Folder, objects: &'a dyn PackSink, target: &'a LeafTable) -> Result<Self> {
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&target.root().0.0);
        let known = match state.open(FETCHED)? {
            Some(list) => read_list(&*list, &header, target)?,
            None => None,
        };
        if known.is_none() {
            folder::replace(state, FETCHED, &[&header])?;
        }
        let fetched = known.unwrap_or_default();
        let list = match state.open(FETCHED)? {
            Some(list) => list,
            None => state.create(FETCHED)?,
        };
        Ok(Self { state, objects, target, list, fetched })
    }

    /// What is still to be fetched for a file with the table `have`.
    pub fn missing(&self, have: &LeafTable) -> Vec<Range<u64>> {
        let fetched: HashSet<u64> = self.fetched.iter().flat_map(|pack| pack.leaves.clone()).collect();
        let is_fetched = |run: &Range<u64>| run.clone().all(|leaf| fetched.contains(&leaf));
        wanted_leaves(self.target, have).into_iter().filter(|run| !is_fetched(run)).collect()
    }

    /// Takes a run that was fetched, if it is what it must be.
    pub fn accept(&mut self, leaves: Range<u64>, packed: &[u8]) -> Result<()> {
        let pack = leaf_pack(packed, &unpack_leaves(packed, self.target, leaves)?);
        self.objects.store(&pack.pack.digest, packed)?;
        let offset = HEADER_BYTES + self.fetched.len() * RECORD_BYTES;
        self.list.write_all_at(&record_of(&pack), offset as u64)?;
        self.fetched.push(pack);
        Ok(())
    }

    /// The patch for a file with the table `have`; apply it with the objects as its source.
    pub fn patch(&self, have: &LeafTable) -> Result<Patch> {
        self.objects.sync()?;
        patch_from_leaves(have, self.target, &self.fetched)
    }

    /// Forgets the fetch, after its patch was applied. Answers the packs, which the caller may remove.
    pub fn finish(self) -> Result<Vec<Digest>> {
        self.state.remove(FETCHED)?;
        Ok(self.fetched.into_iter().map(|pack| pack.pack.digest).collect())
    }
}

/// The records up to the first damaged one; `None` when the list is of another target.
fn read_list(list: &dyn ByteStore, header: &[u8], target: &LeafTable) -> Result<Option<Vec<LeafPack>>> {
    // No list is longer than one record for each leaf of the longest file.
    let most = HEADER_BYTES as u64 + MAX_FILE_BYTES / crate::limits::LEAF_BYTES * RECORD_BYTES as u64;
    let length = list.byte_len()?;
    if length < HEADER_BYTES as u64 || length > most {
        return Ok(None);
    }
    let mut bytes = vec![0; length as usize];
    list.read_exact_at(&mut bytes, 0)?;
    let (found, records) = bytes.split_at(HEADER_BYTES);
    if found != header {
        return Ok(None);
    }
    let known = records.as_chunks::<RECORD_BYTES>().0.iter().map_while(|record| parse_record(record, target));
    Ok(Some(known.collect()))
}

fn record_of(pack: &LeafPack) -> [u8; RECORD_BYTES] {
    let mut record = [0; RECORD_BYTES];
    let count = pack.leaves.end - pack.leaves.start;
    record[..8].copy_from_slice(&pack.leaves.start.to_le_bytes());
    record[8..16].copy_from_slice(&count.to_le_bytes());
    record[16..48].copy_from_slice(&pack.pack.digest.0);
    record[48..52].copy_from_slice(&pack.pack.raw_bytes.to_le_bytes());
    record[52..56].copy_from_slice(&pack.pack.packed_bytes.to_le_bytes());
    let check = Digest::of(&record[..56]).0;
    record[56..].copy_from_slice(&check[..8]);
    record
}

fn parse_record(record: &[u8; RECORD_BYTES], target: &LeafTable) -> Option<LeafPack> {
    let (start, rest) = record.split_first_chunk::<8>()?;
    let (count, rest) = rest.split_first_chunk::<8>()?;
    let (digest, rest) = rest.split_first_chunk::<32>()?;
    let (raw_bytes, rest) = rest.split_first_chunk::<4>()?;
    let packed_bytes = rest.first_chunk::<4>()?;
    let start = u64::from_le_bytes(*start);
    let pack = PackRef {
        digest: Digest(*digest),
        raw_bytes: u32::from_le_bytes(*raw_bytes),
        packed_bytes: u32::from_le_bytes(*packed_bytes),
        reference: Vec::new(),
    };
    let leaves = start..start.checked_add(u64::from_le_bytes(*count))?;
    let pack = LeafPack { leaves, pack };
    (record_of(&pack) == *record && pack.leaves.end <= target.leaf_count()).then_some(pack)
}
