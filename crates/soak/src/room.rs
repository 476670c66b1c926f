//! Where a process keeps its files: a directory, or a small file system of its own that can be full.
//!
//! The small file system is a tmpfs in a mount namespace, which needs no root where users may have namespaces. A
//! process that only waits holds the namespace; programs are started inside of it, and their files are seen from
//! outside through `/proc`.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fault::{Context as _, Error, Result};

/// What fills the file system.
const BALLAST: &str = "ballast";

/// Where a process keeps its files.
#[derive(Debug)]
pub enum Room {
    /// A directory like any other.
    Directory(PathBuf),
    /// A file system of its own.
    Small(SmallDisk),
}

impl Room {
    /// The path as the programs inside know it.
    pub fn inside(&self) -> &Path {
        match self {
            Self::Directory(path) => path,
            Self::Small(disk) => &disk.path,
        }
    }

    /// The path as it is known here.
    pub fn outside(&self) -> PathBuf {
        match self {
            Self::Directory(path) => path.clone(),
            Self::Small(disk) => disk.outside(),
        }
    }

    /// A program that finds its files.
    pub(crate) fn command(&self, program: &Path) -> Command {
        match self {
            Self::Directory(_) => Command::new(program),
            Self::Small(disk) => disk.command(program),
        }
    }

    pub(crate) fn small(&self) -> Option<&SmallDisk> {
        match self {
            Self::Directory(_) => None,
            Self::Small(disk) => Some(disk),
        }
    }
}

/// A file system of its own, of a fixed size.
#[derive(Debug)]
pub struct SmallDisk {
    holder: Child,
    path: PathBuf,
    is_root: bool,
}

impl SmallDisk {
    /// Mounts one at `path`, seen by its own programs alone. Fails where this user may not have namespaces.
    pub fn mount(path: &Path, bytes: u64) -> Result<Self> {
        std::fs::create_dir_all(path).context(|| format!("make {}", path.display()))?;
        let is_root = nix::unistd::geteuid().is_root();
        let mut command = Command::new("unshare");
        if !is_root {
            command.args(["--user", "--map-current-user", "--keep-caps"]);
        }
        let script =
            format!("mount -t tmpfs -o size={bytes},mode=0755 tmpfs \"$0\" && echo mounted && exec cat");
        command.args(["--mount", "--", "sh", "-c", &script]).arg(path);
        // It ends when we do: its input closes.
        let mut holder = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context(|| "start unshare")?;
        let mut line = String::new();
        let said = holder.stdout.as_mut().map(|out| BufReader::new(out).read_line(&mut line));
        if !matches!(said, Some(Ok(_))) || line.trim() != "mounted" {
            let _ended = (holder.kill(), holder.wait());
            return Err(Error::unavailable("mount a small file system in a namespace"));
        }
        Ok(Self { holder, path: path.to_owned(), is_root })
    }

    fn outside(&self) -> PathBuf {
        let root = format!("/proc/{}/root", self.holder.id());
        Path::new(&root).join(self.path.strip_prefix("/").unwrap_or(&self.path))
    }

    fn command(&self, program: &Path) -> Command {
        let id = self.holder.id();
        let mut command = Command::new("nsenter");
        if !self.is_root {
            command.arg(format!("--user=/proc/{id}/ns/user")).arg("--preserve-credentials");
        }
        command.arg(format!("--mount=/proc/{id}/ns/mnt")).arg("--").arg(program);
        // The name that messages show.
        command.arg0("nsenter");
        command
    }

    /// Leaves so many bytes free.
    pub(crate) fn fill(&self, but: u64) -> Result<()> {
        self.empty()?;
        let place = self.outside();
        let ballast = std::fs::File::create(place.join(BALLAST)).context(|| "make the ballast")?;
        // Whoever writes at the same time may be faster; then it is full all the same.
        for _ in 0..20 {
            let bytes = free_bytes(&place)?.saturating_sub(but) as i64;
            if bytes == 0 || nix::fcntl::posix_fallocate(&ballast, 0, bytes).is_ok() {
                break;
            }
        }
        Ok(())
    }

    /// Takes the ballast away. Between its fork and its exec a child of ours may still have it open, so it is cut first.
    pub(crate) fn empty(&self) -> Result<()> {
        let ballast = self.outside().join(BALLAST);
        if let Ok(file) = std::fs::File::options().write(true).open(&ballast) {
            file.set_len(0)?;
        }
        match std::fs::remove_file(ballast) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // With it the namespace goes, and with that the file system.
        let _ended = (self.holder.kill(), self.holder.wait());
    }
}

fn free_bytes(path: &Path) -> Result<u64> {
    let stat = nix::sys::statvfs::statvfs(path).map_err(std::io::Error::from);
    let stat = stat.context(|| format!("look at {}", path.display()))?;
    Ok(stat.blocks_available() as u64 * stat.fragment_size() as u64)
}
