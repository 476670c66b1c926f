//! The server as a process, and its administrator.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use fault::{Context as _, Error, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use protocol::api::{Damage, Job, Operation, SaveRequest, Status, VerifyReport, VerifyRequest};
use protocol::client::{Client, Credentials, Limits, Secret, with_query};
use protocol::thor::{DataAnswer, DoneAnswer, SystemDriver};
use serde_json::{Value, json};

use crate::proxy::Proxy;
use crate::room::Room;

/// The administrator's own password.
const PASSWORD: &str = "for this trial only";
/// Time for an operation to end, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(180);

/// A server that can be killed and started again.
pub struct Server {
    program: PathBuf,
    pub(crate) room: Room,
    log: PathBuf,
    child: Option<Child>,
    pub(crate) proxy: Proxy,
}

/// What an administrator does, over the network.
#[derive(Clone)]
pub struct Admin(Client);

impl Server {
    /// Starts one with an empty data directory and a virtual disk of so many GiB, and signs in.
    pub fn start(programs: &Path, room: Room, log: PathBuf, disk_gib: u64) -> Result<(Self, Admin)> {
        let program = programs.join("driver-center");
        let data = room.inside().join("data");
        let configuration = format!(
            "listen = '127.0.0.1:0'\ndata_dir = '{}'\n[disk]\nvirtual_size_gib = {disk_gib}\n\
             [retention]\ndays = 0\nversions_min = 4\n",
            data.display()
        );
        std::fs::write(room.outside().join("config.toml"), configuration)
            .context(|| "configure the server")?;
        let mut server = Self { program, room, log, child: None, proxy: Proxy::start()? };
        let password = server.launch()?.ok_or_else(|| Error::bug("a first start without a password"))?;
        let url = server.url();
        let limits = Limits { answer: Duration::from_secs(90), ..Limits::default() };
        let client = Client::new(&url, Credentials::None)?.with_limits(limits).with_language("en");
        let request =
            json!({"name": "admin", "password": password, "new_password": PASSWORD, "token_name": "soak"});
        let answer: Value = client.post_json("/api/v1/login", &request)?;
        let token = answer["token"].as_str().unwrap_or_default();
        Ok((server, Admin(client.with_credentials(Credentials::Bearer(Secret::new(token)?)))))
    }

    /// Starts the process; answers the one-time password of a first start.
    pub fn launch(&mut self) -> Result<Option<String>> {
        let log = File::options().create(true).append(true).open(&self.log).context(|| "open the log")?;
        let mut child = self
            .room
            .command(&self.program)
            .args(["serve", "--log", "info,http=warn", "--config"])
            .arg(self.room.inside().join("config.toml"))
            .env("LC_ALL", "en_US.UTF-8")
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
        self.room.outside().join("data/disk/base.qcow2")
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

impl Admin {
    /// The state of the center.
    pub fn status(&self) -> Result<Status> {
        self.0.get_json("/api/v1/status")
    }

    /// The drivers that are listed.
    pub fn drivers(&self) -> Result<Vec<SystemDriver>> {
        let answer: DataAnswer<Vec<SystemDriver>> = self.0.get_json("/thor/voi/driver")?;
        Ok(answer.data)
    }

    /// Imports a file.
    pub fn import(&self, archive: &Path) -> Result<()> {
        let mut file = File::open(archive)?;
        let (length, name) =
            (file.metadata()?.len(), archive.file_name().unwrap_or_default().to_string_lossy());
        let answer: Result<Value> =
            self.0.upload("/thor/voi/driver/upload", &mut file, length, &name, &mut |_| Ok(()));
        answer.map(drop)
    }

    /// Deletes a driver.
    pub fn delete(&self, id: i64) -> Result<()> {
        let request = json!({"action": "delete", "ids": [id]});
        self.0.post_json::<_, DoneAnswer>("/thor/voi/driver", &request).map(drop)
    }

    /// Drops the edit.
    pub fn discard(&self) -> Result<()> {
        self.0.delete("/api/v1/edit")
    }

    /// Begins to save.
    pub fn save(&self) -> Result<Operation> {
        self.0.post_json("/api/v1/save", &SaveRequest { note: None })
    }

    /// Begins to restore.
    pub fn restore(&self) -> Result<Operation> {
        self.0.post_json("/api/v1/restore", &json!({}))
    }

    /// What is not as it must be, every file of every package included.
    pub fn verify(&self) -> Result<Vec<Damage>> {
        let job: Job = self.0.post_json("/api/v1/verify", &VerifyRequest { deep: true })?;
        self.wait_idle()?;
        let report: VerifyReport = self.0.get_json(&with_query("/api/v1/verify", &[("job", &job.id)]))?;
        Ok(report.findings)
    }

    /// A file of the disk.
    pub fn file(&self, path: &str, limit: u64) -> Result<Vec<u8>> {
        self.0.get_bytes(&with_query("/api/v1/files/content", &[("path", path)]), limit, &mut |_| Ok(()))
    }

    /// The entries of a directory of the disk.
    pub fn directories(&self, path: &str) -> Result<Vec<String>> {
        let answer: Value = self.0.get_json(&with_query("/api/v1/files", &[("path", path)]))?;
        let entries = answer.as_array().or_else(|| answer["data"].as_array()).cloned().unwrap_or_default();
        let mut names: Vec<String> =
            entries.iter().filter_map(|entry| entry["name"].as_str()).map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    /// A token for one more terminal.
    pub fn enrolment_token(&self) -> Result<String> {
        let request = json!({"name": "soak", "uses": 1, "hours": 24});
        let answer: Value = self.0.post_json("/api/v1/enrolment-tokens", &request)?;
        Ok(answer["token"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until nothing runs; answers the state then.
    pub fn wait_idle(&self) -> Result<Status> {
        let begun = Instant::now();
        loop {
            let status = self.status()?;
            let jobs: Vec<Job> = self.0.get_json("/api/v1/jobs")?;
            let is_idle =
                matches!(status.mount_status, 1 | 3) && jobs.iter().all(|job| job.state != "running");
            if is_idle {
                return Ok(status);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Error::unavailable(format!("the center is not done: {status:?} {jobs:?}")));
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }
}
