//! `tool-disk completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use fault::Result;

use crate::cli::Arguments;
use crate::exit;

/// Which script.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Writes the script to the standard output.
    pub fn run(self) -> Result<u8> {
        clap_complete::generate(self.shell, &mut Arguments::command(), "tool-disk", &mut std::io::stdout());
        Ok(exit::OK)
    }
}
