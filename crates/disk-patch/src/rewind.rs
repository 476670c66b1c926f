//! What a file was some patches ago, as writes that lie over it. The file stays as it is.

use std::ops::Range;

use fault::Result;

use crate::apply::{Disk, LEAVES};
use crate::folder::Folder;
use crate::leaves::LeafTable;
use crate::overlay::Overlay;
use crate::pack::PackSource;
use crate::patch::Patch;
use crate::progress::OnProgress;
use crate::store::ByteStore;

/// An earlier state of a file.
#[derive(Debug)]
pub struct Rewound {
    /// Where the scratch holds what the file was; everywhere else, and up to the length in `leaves`, it was as it is.
    pub ranges: Vec<Range<u64>>,
    /// The leaf table that it had.
    pub leaves: LeafTable,
}

/// Takes `patches`, the inverses from the newest on, to `file`, whose leaf table is `leaves`, without writing to it.
///
/// `scratch` must be empty and gets the bytes, at the offsets at which they were. Cost and room follow from what the
/// patches write. Each step is proven by its root. `state` is a folder for this alone, of no use afterwards.
pub fn rewind(
    file: &dyn ByteStore,
    leaves: &LeafTable,
    patches: &[Patch],
    source: &dyn PackSource,
    scratch: &dyn ByteStore,
    state: &dyn Folder,
    on_progress: OnProgress<'_>,
) -> Result<Rewound> {
    leaves.save(state, LEAVES)?;
    let overlay = Overlay::new(file, scratch)?;
    let disk = Disk { file: &overlay, state };
    for patch in patches {
        disk.apply(patch, source, &mut *on_progress)?;
    }
    let leaves = disk.leaves()?.unwrap_or_else(|| leaves.clone());
    Ok(Rewound { ranges: overlay.finish()?, leaves })
}
