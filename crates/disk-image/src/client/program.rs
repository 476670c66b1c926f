//! Where the worker is, and how one is started.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fault::{Error, Kind, Result};

/// The path of the `disk-worker` program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerProgram(pub PathBuf);

impl WorkerProgram {
    /// The program's file name.
    pub const NAME: &'static str = "disk-worker";

    /// The worker installed beside the running program.
    ///
    /// Programs under `deps` or `examples` of a build directory find it one level up.
    pub fn beside_current_exe() -> Result<Self> {
        let exe = std::env::current_exe()?;
        let mut directories = exe.ancestors().skip(1);
        let own = directories.next();
        let above = own
            .filter(|directory| directory.ends_with("deps") || directory.ends_with("examples"))
            .and_then(|_| directories.next());
        let candidates = [own, above].into_iter().flatten().map(|directory| directory.join(Self::NAME));
        candidates
            .into_iter()
            .find(|path| path.is_file())
            .map(Self)
            .ok_or_else(|| missing(&exe.with_file_name(Self::NAME)))
    }

    /// Starts one: pipes only, an empty environment but for the search path of `mkntfs` and `qemu-img`.
    pub(crate) fn spawn(&self) -> Result<Child> {
        Command::new(&self.0)
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => missing(&self.0),
                _ => Error::from(error).in_context(format!("start {}", self.0.display())),
            })
    }
}

fn missing(path: &Path) -> Error {
    Error::new(Kind::Unavailable, format!("program {} is missing", path.display()))
        .with_notice("disk.worker_missing")
        .with_value("path", path.display())
}
