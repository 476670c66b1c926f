//! `driver-client completions`.

use clap::{Args, CommandFactory as _};
use fault::Result;
use std::io::Write as _;

use crate::cli::Arguments;

/// For which shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: clap_complete::Shell,
}

impl Completions {
    /// Writes the script.
    pub(crate) fn run(self) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "driver-client", &mut script);
        // A reader that went away does not matter.
        let _written = std::io::stdout().lock().write_all(&script);
        Ok(())
    }
}
