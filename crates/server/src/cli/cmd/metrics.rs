//! `driver-center metrics`: for collectors that read the output of programs.

use crate::cli::context::{Context, OK};
use crate::cli::limits::OWN_FILE_BYTES_MAX;
use crate::output;
use fault::Result;

/// Nothing to say.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(context: &Context, _: Arguments) -> Result<u8> {
    let page = context.client.get_bytes("/metrics", OWN_FILE_BYTES_MAX, &mut |_| Ok(()))?;
    output::line(String::from_utf8_lossy(&page).trim_end());
    Ok(OK)
}
