//! Fetching patches with all their packs into staging.

use std::collections::BTreeMap;

use disk_patch::limits::MAX_PATCH_BYTES;
use disk_patch::{Digest, ObjectDir, PackRef, PackSink, PackSource, Patch};
use fault::{Error, Result};
use protocol::sync::{ObjectRef, Update};

use crate::disk;
use crate::parallel;
use crate::plan::Packs;
use crate::remote::Remote;
use crate::state::{PendingStep, Seen};
use crate::terminal::Terminal;
use crate::watch::{Meter, Step, Watch};

/// Updates whose patches are in staging, and whose packs are still to be fetched.
pub struct Chain {
    steps: Vec<PendingStep>,
    missing: Vec<PackRef>,
    /// What it costs.
    pub packs: Packs,
}

impl Terminal {
    /// Fetches the patches of `updates`, without their packs, where they are not there yet.
    pub fn stage_chain(&self, updates: &[Update], watch: &dyn Watch) -> Result<Chain> {
        let staging = self.staging()?;
        let remote = self.remote(watch);
        let mut packs = BTreeMap::new();
        let mut steps = Vec::new();
        for update in updates {
            let patch = self.stage_patch(&remote, &staging, update, watch)?;
            packs.extend(patch.packs().iter().map(|pack| (pack.digest, pack.clone())));
            let to = Seen { version: update.version, root: update.to_root.clone() };
            steps.push(PendingStep { patch: update.patch.digest.clone(), to });
        }
        let sum = |size: fn(&PackRef) -> u32| packs.values().map(|pack| u64::from(size(pack))).sum();
        let (packed_bytes, raw_bytes) = (sum(|pack| pack.packed_bytes), sum(|pack| pack.raw_bytes));
        let missing: Vec<_> =
            packs.into_values().filter(|pack| staging.read(&pack.digest).is_err()).collect();
        let missing_bytes = missing.iter().map(|pack| u64::from(pack.packed_bytes)).sum();
        Ok(Chain { steps, missing, packs: Packs { missing_bytes, packed_bytes, raw_bytes } })
    }

    /// Fetches the packs that a chain needs, and notes that the update lies ready.
    pub fn stage_packs(&self, chain: &Chain, watch: &dyn Watch) -> Result<()> {
        let staging = self.staging()?;
        let remote = self.remote(watch);
        disk::require_space(self.state.path(), chain.packs.missing_bytes)?;
        let meter = Meter::new(watch, &self.stop, Step::Download, chain.packs.missing_bytes);
        parallel::each(&chain.missing, |pack| {
            let object = ObjectRef { digest: pack.digest.to_hex(), bytes: u64::from(pack.packed_bytes) };
            let bytes = remote.object_metered(&object, &meter)?;
            // A damaged file of that name would be kept otherwise.
            staging.remove(&pack.digest)?;
            staging.store(&pack.digest, &bytes)
        })?;
        staging.sync()?;
        self.save_pending(chain.steps.clone())
    }

    /// Fetches one patch and checks that it is what the manifest says.
    fn stage_patch(
        &self,
        remote: &Remote<'_>,
        staging: &ObjectDir,
        update: &Update,
        watch: &dyn Watch,
    ) -> Result<Patch> {
        if update.patch.bytes > MAX_PATCH_BYTES {
            return Err(not_as_announced(update, "it is too large"));
        }
        let digest = Digest::from_hex(&update.patch.digest)?;
        let kept = || staging.contains(&digest).then(|| Patch::read(staging, &digest).ok()).flatten();
        let patch = match kept() {
            Some(patch) => patch,
            None => {
                disk::require_space(self.state.path(), update.patch.bytes)?;
                let meter = Meter::new(watch, &self.stop, Step::Download, update.patch.bytes);
                let bytes = remote.object_metered(&update.patch, &meter)?;
                let patch = Patch::decode(&bytes)?;
                staging.store(&digest, &bytes)?;
                patch
            }
        };
        let ends = (patch.from().root.to_string(), patch.to().root.to_string());
        if (&ends.0, &ends.1) != (&update.from_root, &update.to_root) {
            return Err(not_as_announced(update, "it leads from or to another root"));
        }
        if patch.packed_bytes() != update.packs_bytes {
            return Err(not_as_announced(update, "its packs have another size"));
        }
        Ok(patch)
    }
}

fn not_as_announced(update: &Update, why: &str) -> Error {
    Error::corrupt(format!("use the patch {} to version {}: {why}", update.patch.digest, update.version))
        .with_notice("sync.damaged")
        .with_value("object", &update.patch.digest)
}
