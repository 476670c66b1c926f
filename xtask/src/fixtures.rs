//! `cargo xtask fixtures`: runs the scripts that write the fixtures.

use crate::run::{program, root, run, say, target_directory};
use fault::Result;
use std::path::Path;

/// The committed INF packages that archives are made of.
pub(crate) const INFS: &str = "crates/driver-package/tests/fixtures/inf";

/// Writes the INF files into the tree, and archives below the target directory.
pub(crate) fn run_scripts() -> Result<()> {
    run(program("python3").arg("fixtures/make-infs.py"))?;
    let archives = target_directory()?.join("fixtures");
    make_archives(&archives)?;
    say(&format!("{}\n{}", root().join(INFS).display(), archives.display()));
    Ok(())
}

/// Makes the sample archives in `target`.
pub(crate) fn make_archives(target: &Path) -> Result<()> {
    run(program("fixtures/make-archives.sh").arg(INFS).arg(target))
}
