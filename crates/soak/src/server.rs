//! The server as a process.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use fault::{Context as _, Error, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::admin::Admin;
use crate::ledger::VERSIONS_MIN;
use crate::proxy::Proxy;
use crate::room::Room;

/// Name of the data directory of a server.
const DATA: &str = "data";

/// A server that can be killed and started again.
pub struct Server {
    program: PathBuf,
    pub(crate) room: Arc<Room>,
    /// Name of its data directory in the room, and of its configuration.
    name: String,
    log: PathBuf,
    child: Option<Child>,
    pub(crate) proxy: Proxy,
}

impl Server {
    /// Starts one with an empty data directory and a virtual disk of so many GiB, and signs in.
    pub fn start(programs: &Path, room: Room, log: PathBuf, disk_gib: u64) -> Result<(Self, Admin)> {
        let program = programs.join("driver-center");
        let (room, name) = (Arc::new(room), DATA.to_owned());
        let mut server = Self { program, room, name, log, child: None, proxy: Proxy::start()? };
        server.configure(disk_gib)?;
        let password = server.launch()?.ok_or_else(|| Error::bug("a first start without a password"))?;
        let admin = Admin::sign_in(&server.url(), &password)?;
        Ok((server, admin))
    }

    /// Another one in the same room, with a data directory of its own; it does not run yet.
    pub(crate) fn beside(&self, name: &str) -> Result<Self> {
        let server = Self {
            program: self.program.clone(),
            room: self.room.clone(),
            name: name.to_owned(),
            log: self.log.with_file_name(format!("{name}.log")),
            child: None,
            proxy: Proxy::start()?,
        };
        server.configure(1)?;
        Ok(server)
    }

    fn configure(&self, disk_gib: u64) -> Result<()> {
        let configuration = format!(
            "listen = '127.0.0.1:0'\ndata_dir = '{}'\n[disk]\nvirtual_size_gib = {disk_gib}\n\
             [retention]\ndays = 0\nversions_min = {VERSIONS_MIN}\n",
            self.room.inside().join(&self.name).display()
        );
        std::fs::write(self.room.outside().join(format!("{}.toml", self.name)), configuration)
            .context(|| "configure the server")
    }

    /// The program.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.room.command(&self.program);
        command.env("LC_ALL", "en_US.UTF-8");
        command
    }

    /// Its configuration, as an argument.
    pub(crate) fn configuration(&self) -> PathBuf {
        self.room.inside().join(format!("{}.toml", self.name))
    }

    /// The data directory of `other`, which does not run any more, becomes that of this one, which has lost its own.
    pub(crate) fn inherit(&mut self, mut other: Self) -> Result<()> {
        self.kill();
        other.kill();
        let (own, others) = (self.data(), other.data());
        std::fs::remove_dir_all(&own).context(|| "lose a data directory")?;
        std::fs::rename(&others, &own).context(|| "bring a data directory where it belongs")?;
        self.launch().map(drop)
    }

    /// The data directory, as it is seen here.
    pub(crate) fn data(&self) -> PathBuf {
        self.room.outside().join(&self.name)
    }

    /// Starts the process; answers the one-time password of a first start.
    pub fn launch(&mut self) -> Result<Option<String>> {
        let log = File::options().create(true).append(true).open(&self.log).context(|| "open the log")?;
        let mut child = self
            .command()
            .args(["serve", "--log", "info,http=warn", "--config"])
            .arg(self.configuration())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context(|| "start the server")?;
        let out =
            child.stdout.take().map(BufReader::new).ok_or_else(|| Error::bug("a child without output"))?;
        match greeting(out) {
            Some((address, password)) => {
                self.child = Some(child);
                self.proxy.lead_to(Some(address));
                Ok(password)
            }
            None => {
                let _ended = (child.kill(), child.wait());
                Err(Error::unavailable("the server does not start; see its log"))
            }
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.proxy.lead_to(None);
        if let Some(mut child) = self.child.take() {
            let _ended = (child.kill(), child.wait());
        }
    }

    /// Whether the process runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// `kill -9` of the workers that it has; answers how many.
    pub(crate) fn kill_workers(&self) -> usize {
        let Some(id) = self.child.as_ref().map(Child::id) else { return 0 };
        let workers = children_of(id).into_iter().filter(|(_, name)| name == "disk-worker");
        workers.filter(|(worker, _)| kill(Pid::from_raw(*worker), Signal::SIGKILL).is_ok()).count()
    }

    /// The address under which it is reached, whether it runs or not.
    pub fn url(&self) -> String {
        format!("http://{}", self.proxy.address)
    }

    /// The process, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// The disk file, as it is seen here.
    pub fn base(&self) -> PathBuf {
        self.data().join("disk/base.qcow2")
    }

    /// The last lines of the log.
    pub(crate) fn log(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The address and, at the first start, the password.
fn greeting(out: BufReader<ChildStdout>) -> Option<(SocketAddr, Option<String>)> {
    let mut password = None;
    for line in out.lines().map_while(std::io::Result::ok) {
        if let Some((_, rest)) = line.split_once("one-time password ") {
            password = rest.split(' ').next().map(str::to_owned);
        }
        if let Some((_, rest)) = line.split_once("http://") {
            return Some((rest.trim_end_matches('/').parse().ok()?, password));
        }
    }
    None
}

/// The children of a process with their names.
fn children_of(parent: u32) -> Vec<(i32, String)> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats = processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    stats
        .filter_map(|stat| {
            let (id, rest) = stat.split_once(" (")?;
            let (name, rest) = rest.rsplit_once(") ")?;
            let its_parent: u32 = rest.split(' ').nth(1)?.parse().ok()?;
            (its_parent == parent).then(|| Some((id.parse().ok()?, name.to_owned())))?
        })
        .collect()
}
