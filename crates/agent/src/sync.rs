//! Becoming identical to the center.
//!
//! ```text
//! recover ── head (signed, ours, forward) ── manifest ── plan ─┬─ patches ─┐
//!                                                              ├─ leaves ──┴─► staging ── disk free? ─► journal ─► disk
//!                                                              └─ no disk ───► <disk>.partial ── proven ─► rename
//! ```
//!
//! Patches of which the center has lost a part are passed over for the leaves.
//!
//! A version that comes in between begins another round; what was fetched stays of use.

use disk_patch::{FileIdentity, LeafTable};
use fault::{Error, Kind, Result};
use protocol::sync::{Manifest, VerifiedHead};

use crate::head;
use crate::leaves::count_wanted;
use crate::limits::{MENDS_MAX, NEWER_VERSIONS_MAX};
use crate::local::Applied;
use crate::patches::Chain;
use crate::plan::{self, Way};
use crate::remote::is_superseded;
use crate::state::Seen;
use crate::terminal::{Terminal, root_from};
use crate::watch::{Note, Step, Watch};

/// What came of a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The disk was the current version already.
    Current(Seen),
    /// The disk is the current version now.
    Updated(Seen),
    /// The version is fetched; the disk is in use, and why.
    Waiting(Seen, String),
}

/// What came of following one head.
enum Round {
    Ended(Outcome),
    /// What was done is of use, but another round is needed.
    Again,
}

impl Terminal {
    /// Makes the disk the current version, or everything ready for it while the disk is in use.
    ///
    /// The caller holds the lock of the state directory.
    pub fn sync(&self, watch: &dyn Watch) -> Result<Outcome> {
        self.recover(watch)?;
        let (mut missed, mut mends) = (None, 0);
        for _ in 0..NEWER_VERSIONS_MAX {
            watch.progress(Step::Contact, 0, 0);
            let head = self.believed_head(watch)?;
            match self.follow(&head, watch) {
                Ok(Round::Ended(outcome)) => return Ok(outcome),
                Ok(Round::Again) if mends < MENDS_MAX => mends += 1,
                Ok(Round::Again) => return Err(self.unreliable()),
                // What a head names may go when a newer one comes, but not while it is the current one.
                Err(error) if is_superseded(&error) && missed != Some(head.version) => {
                    missed = Some(head.version);
                }
                Err(error) if is_superseded(&error) => return Err(incomplete(&head, error)),
                Err(error) => return Err(error),
            }
        }
        Err(Error::busy("keep up with the center: it publishes faster than this terminal can fetch")
            .with_notice("sync.too_fast"))
    }

    /// The current head, if it may be followed; it is remembered as the newest.
    fn believed_head(&self, watch: &dyn Watch) -> Result<VerifiedHead> {
        let head = self.remote(watch).head()?;
        let mut record = self.record()?;
        head::check(&head, &record)?;
        let seen = Seen { version: head.version, root: head.root.clone() };
        if record.newest.as_ref() != Some(&seen) {
            record.newest = Some(seen);
            self.state.save_record(&record)?;
        }
        Ok(head)
    }

    fn follow(&self, head: &VerifiedHead, watch: &dyn Watch) -> Result<Round> {
        let seen = Seen { version: head.version, root: head.root.clone() };
        let local = self.leaves(watch)?;
        if let Some(leaves) = local.as_ref().filter(|leaves| leaves.root().to_string() == seen.root) {
            return self.already(leaves, seen).map(Round::Ended);
        }
        let staged = self.pending()?.filter(|pending| pending.target() == Some(&seen));
        if staged.is_some() {
            drop(local);
            return self.switch(seen, watch);
        }
        let manifest = self.remote(watch).manifest(head)?;
        let target = FileIdentity { root: root_from(&manifest.root)?, length: manifest.length };
        match local {
            None => return self.begin(&manifest, &target, seen, watch).map(Round::Ended),
            Some(local) => self.stage(&manifest, &target, &local, &seen, watch)?,
        }
        self.switch(seen, watch)
    }

    fn already(&self, leaves: &LeafTable, seen: Seen) -> Result<Outcome> {
        if self.record()?.disk.as_ref() != Some(&seen) {
            self.remember(&seen)?;
        }
        self.settle(&leaves.root())?;
        self.state.forget_pending()?;
        Ok(Outcome::Current(seen))
    }

    /// Downloads the disk where there is none.
    fn begin(
        &self,
        manifest: &Manifest,
        target: &FileIdentity,
        seen: Seen,
        watch: &dyn Watch,
    ) -> Result<Outcome> {
        let table = self.remote(watch).leaf_table(manifest, target)?;
        self.download_disk(&table, watch)?;
        self.remember(&seen)?;
        self.state.forget_pending()?;
        Ok(Outcome::Updated(seen))
    }

    /// Fetches into staging what leads from `local` to `target`, in the way that costs least.
    fn stage(
        &self,
        manifest: &Manifest,
        target: &FileIdentity,
        local: &LeafTable,
        seen: &Seen,
        watch: &dyn Watch,
    ) -> Result<()> {
        let (chain, table) = self.choose(manifest, target, local, watch)?;
        if let Some(chain) = chain
            && usable(self.stage_packs(&chain, watch), watch)?.is_some()
        {
            return Ok(());
        }
        let table = match table {
            Some(table) => table,
            None => self.remote(watch).leaf_table(manifest, target)?,
        };
        self.stage_leaves(local, &table, seen.clone(), watch)
    }

    /// The patches that lead to `target`, where they are the cheaper way; otherwise its leaf table, if that was needed to
    /// tell.
    fn choose(
        &self,
        manifest: &Manifest,
        target: &FileIdentity,
        local: &LeafTable,
        watch: &dyn Watch,
    ) -> Result<(Option<Chain>, Option<LeafTable>)> {
        let updates = plan::chain(&local.root(), manifest);
        let chain = updates.map(|updates| usable(self.stage_chain(updates, watch), watch)).transpose()?;
        let Some(chain) = chain.flatten() else { return Ok((None, None)) };
        if !plan::leaves_may_be_cheaper(&chain.packs, manifest) {
            return Ok((Some(chain), None));
        }
        let table = self.remote(watch).leaf_table(manifest, target)?;
        match plan::cheaper(&chain.packs, count_wanted(&table, local)) {
            Way::Patches => Ok((Some(chain), None)),
            Way::Leaves => Ok((None, Some(table))),
        }
    }

    /// Applies what is staged, if the disk is free.
    fn switch(&self, seen: Seen, watch: &dyn Watch) -> Result<Round> {
        match self.apply_pending(watch) {
            Ok(Applied::Version(version)) => Ok(Round::Ended(Outcome::Updated(version))),
            // What was staged was for another content of the disk.
            Ok(Applied::Nothing) => Ok(Round::Again),
            Err(error) if is_in_use(&error) => Ok(Round::Ended(Outcome::Waiting(seen, error.to_string()))),
            // The disk is not what its leaf table says: look what it is.
            Err(error) if error.kind() == Kind::Corrupt => {
                watch.note(&Note::Damaged);
                self.recover(watch)?;
                self.adopt(watch)?;
                Ok(Round::Again)
            }
            Err(error) => Err(error),
        }
    }

    /// The disk, or what it lies on, does not keep what was written.
    pub(crate) fn unreliable(&self) -> Error {
        let disk = self.paths.disk.display();
        Error::corrupt(format!("update {disk}: it keeps changing by itself"))
            .with_notice("disk.unreliable")
            .with_value("path", disk)
    }
}

/// What was fetched of patches; nothing where the center has lost or cannot read a part of them. The leaves of its disk lead
/// to the same content; if a newer version has come, they say so.
fn usable<T>(fetched: Result<T>, watch: &dyn Watch) -> Result<Option<T>> {
    match fetched {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Corrupt) => {
            watch.note(&Note::Instead(error.to_string()));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether an error says that the disk is in use.
pub fn is_in_use(error: &Error) -> bool {
    error.notice().is_some_and(|notice| notice.id == "disk.in_use")
}

fn incomplete(head: &VerifiedHead, cause: Error) -> Error {
    Error::unavailable(format!("fetch version {}: the center does not have all of it", head.version))
        .with_notice("sync.incomplete")
        .with_value("version", head.version)
        .with_source(cause)
}
