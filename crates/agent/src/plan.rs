//! Which way leads to the current version: patches, or the leaves that differ.
//!
//! Pure: decides from sizes that are already known and fetches nothing.

use disk_patch::{LEAF_BYTES, Root};
use protocol::sync::{Manifest, Update};

/// How a terminal becomes identical to the center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the patches between its version and the current one.
    Patches,
    /// By the leaves that differ.
    Leaves,
}

/// What the patches of a chain name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packs {
    /// Bytes that are not in staging yet, as they travel.
    pub missing_bytes: u64,
    /// All packs, as they travel.
    pub packed_bytes: u64,
    /// All packs, unpacked.
    pub raw_bytes: u64,
}

/// The shortest run of updates that leads from `local` to the current version, if the center still has it.
pub fn chain<'a>(local: &Root, manifest: &'a Manifest) -> Option<&'a [Update]> {
    let local = local.to_string();
    // A rollback can make a root come again: the last time counts.
    let start = manifest.updates.iter().rposition(|update| update.from_root == local)?;
    let chain = &manifest.updates[start..];
    let joined = chain
        .windows(2)
        .all(|pair| pair[0].to_root == pair[1].from_root && pair[0].version < pair[1].version);
    let last = chain.last()?;
    (joined && last.to_root == manifest.root && last.version == manifest.version).then_some(chain)
}

/// Whether it is worth fetching the leaf table to learn whether the leaves would be cheaper than the packs.
pub fn leaves_may_be_cheaper(packs: &Packs, manifest: &Manifest) -> bool {
    manifest.leaf_table.bytes.saturating_mul(4) < packs.missing_bytes
}

/// The cheaper way, where `count` leaves differ: they are thought to compress as well as the packs.
pub fn cheaper(packs: &Packs, count: u64) -> Way {
    let raw = u128::from(count) * u128::from(LEAF_BYTES);
    let leaves = raw * u128::from(packs.packed_bytes) / u128::from(packs.raw_bytes.max(1));
    if leaves < u128::from(packs.missing_bytes) { Way::Leaves } else { Way::Patches }
}

#[cfg(test)]
mod tests {
    use disk_patch::Digest;
    use protocol::sync::ObjectRef;

    use super::*;

    fn root(number: u8) -> Root {
        Root(Digest([number; 32]))
    }

    /// A manifest whose versions have the given roots, the first being the oldest that is covered.
    fn manifest(roots: &[u8]) -> Manifest {
        let object = |bytes| ObjectRef { digest: String::new(), bytes };
        let updates = roots.windows(2).enumerate().map(|(number, pair)| Update {
            version: number as u64 + 2,
            from_root: root(pair[0]).to_string(),
            to_root: root(pair[1]).to_string(),
            patch: object(1000),
            packs_bytes: 1_000_000,
        });
        Manifest {
            format: 1,
            version: roots.len() as u64,
            root: root(*roots.last().unwrap()).to_string(),
            length: 1 << 30,
            leaf_table: object(500_000),
            updates: updates.collect(),
        }
    }

    fn versions(local: u8, manifest: &Manifest) -> Option<Vec<u64>> {
        Some(chain(&root(local), manifest)?.iter().map(|update| update.version).collect())
    }

    #[test]
    fn a_terminal_takes_the_patches_that_it_lacks() {
        let manifest = manifest(&[1, 2, 3, 4]);
        assert_eq!(versions(3, &manifest).unwrap(), [4]);
        assert_eq!(versions(1, &manifest).unwrap(), [2, 3, 4]);
        assert_eq!(versions(9, &manifest), None);
    }

    #[test]
    fn after_a_rollback_the_shortest_chain_is_taken() {
        assert_eq!(versions(1, &manifest(&[1, 2, 1, 3])).unwrap(), [4]);
    }

    #[test]
    fn numbers_may_be_left_out_after_a_restore_from_a_backup() {
        let mut restored = manifest(&[1, 2, 2]);
        (restored.updates[1].version, restored.version) = (2000, 2000);
        assert_eq!(versions(1, &restored).unwrap(), [2, 2000]);
        restored.updates[0].version = 2001;
        assert_eq!(versions(1, &restored), None);
    }

    #[test]
    fn a_chain_with_a_gap_or_another_end_is_none() {
        let mut gap = manifest(&[1, 2, 3, 4]);
        gap.updates.remove(1);
        assert_eq!(versions(1, &gap), None);
        let mut end = manifest(&[1, 2, 3]);
        end.updates.pop();
        assert_eq!(versions(1, &end), None);
    }

    #[test]
    fn leaves_are_taken_when_they_are_smaller() {
        // Half of what is unpacked travels, so a leaf costs 32 KiB.
        let packs = Packs { missing_bytes: 10 << 15, packed_bytes: 20 << 15, raw_bytes: 40 << 15 };
        assert_eq!(
            [9, 10, u64::MAX].map(|count| cheaper(&packs, count)),
            [Way::Leaves, Way::Patches, Way::Patches]
        );
        // Copies and zeros alone need no packs; nothing is cheaper than nothing.
        assert_eq!(cheaper(&Packs::default(), 0), Way::Patches);
        let manifest = manifest(&[1, 2]);
        let missing = |missing_bytes| Packs { missing_bytes, ..Packs::default() };
        assert!(leaves_may_be_cheaper(&missing(2_000_001), &manifest));
        assert!(!leaves_may_be_cheaper(&missing(2_000_000), &manifest));
    }
}
