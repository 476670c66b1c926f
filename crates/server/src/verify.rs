//! Verifying a data directory that no server has open, on its machine, as the user who may read it.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `verify.no_center` | `path` | the directory is none of a center |

use crate::config::Source;
use crate::messages::{Language, text_of};
use crate::serve;
use center::{DataDir, db, verify_offline};
use fault::{Context as _, Error, Result};
use image_store::DirectoryStore;
use protocol::api::VerifyReport;
use std::path::Path;
use std::sync::Arc;

/// Reads and compares everything; no server may have it open, and none can start meanwhile.
pub(crate) fn offline(source: &Source, deep: bool, language: Language) -> Result<VerifyReport> {
    let config = source.load()?;
    expect_there(&config.data_dir)?;
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let _lock = serve::lock(&config.data_dir)?;
    let runtime = tokio::runtime::Runtime::new().context(|| "start the threads")?;
    runtime.block_on(async {
        let db = db::connect_as_it_is(&config.database()).await?;
        let store = Arc::new(DirectoryStore::open_to_read(DataDir::new(&config.data_dir).images())?);
        let explain = |error: &Error| text_of(error, language);
        let report = verify_offline(serve::center_config(&config)?, db.clone(), store, deep, &explain).await;
        db.close().await?;
        report
    })
}

/// A directory without a disk is none of a center; nothing is made in it.
fn expect_there(data_dir: &Path) -> Result<()> {
    match DataDir::new(data_dir).disk().is_dir() {
        true => Ok(()),
        false => Err(Error::not_found(format!("a center in {}", data_dir.display()))
            .with_notice("verify.no_center")
            .with_value("path", data_dir.display())),
    }
}
