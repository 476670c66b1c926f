//! The administrator of a server, over the network.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use fault::{Error, Result};
use protocol::api::{
    AuditEntry, AuditPage, Damage, Job, Operation, RollbackRequest, SaveRequest, Status, VerifyReport,
    VerifyRequest, Version,
};
use protocol::client::{Client, Credentials, Limits, Secret, with_query};
use protocol::thor::{DataAnswer, DoneAnswer, SystemDriver};
use serde_json::{Value, json};

use crate::server::Server;

/// The administrator's own password.
const PASSWORD: &str = "for this trial only";
/// Time for an operation to end, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(180);

/// What an administrator does, over the network.
#[derive(Clone)]
pub struct Admin {
    client: Client,
    token: Secret,
}

/// A client that waits for a machine that has much else to do.
fn patient(url: &str, credentials: Credentials) -> Result<Client> {
    let limits = Limits { answer: Duration::from_secs(90), ..Limits::default() };
    Ok(Client::new(url, credentials)?.with_limits(limits).with_language("en"))
}

impl Admin {
    /// Signs in at a server that has told its one-time password.
    pub(crate) fn sign_in(url: &str, password: &str) -> Result<Self> {
        let client = patient(url, Credentials::None)?;
        let request =
            json!({"name": "admin", "password": password, "new_password": PASSWORD, "token_name": "soak"});
        let answer: Value = client.post_json("/api/v1/login", &request)?;
        let token = Secret::new(answer["token"].as_str().unwrap_or_default())?;
        Ok(Self { client: client.with_credentials(Credentials::Bearer(token.clone())), token })
    }

    /// The same administrator at another server, which knows the same token.
    pub(crate) fn at(&self, server: &Server) -> Result<Self> {
        let client = patient(&server.url(), Credentials::Bearer(self.token.clone()))?;
        Ok(Self { client, token: self.token.clone() })
    }

    /// The state of the center.
    pub fn status(&self) -> Result<Status> {
        self.client.get_json("/api/v1/status")
    }

    /// The drivers that are listed.
    pub fn drivers(&self) -> Result<Vec<SystemDriver>> {
        let answer: DataAnswer<Vec<SystemDriver>> = self.client.get_json("/thor/voi/driver")?;
        Ok(answer.data)
    }

    /// Imports a file.
    pub fn import(&self, archive: &Path) -> Result<()> {
        let mut file = File::open(archive)?;
        let (length, name) =
            (file.metadata()?.len(), archive.file_name().unwrap_or_default().to_string_lossy());
        let answer: Result<Value> =
            self.client.upload("/thor/voi/driver/upload", &mut file, length, &name, &mut |_| Ok(()));
        answer.map(drop)
    }

    /// The imports in the audit trail.
    pub(crate) fn imports(&self) -> Result<Vec<AuditEntry>> {
        let mut entries = Vec::new();
        loop {
            let offset = entries.len().to_string();
            let query = [("action", "driver.import"), ("limit", "500"), ("offset", offset.as_str())];
            let page: AuditPage = self.client.get_json(&with_query("/api/v1/audit", &query))?;
            entries.extend(page.entries);
            if entries.len() as u64 >= page.page.total {
                return Ok(entries);
            }
        }
    }

    /// Deletes a driver.
    pub fn delete(&self, id: i64) -> Result<()> {
        let request = json!({"action": "delete", "ids": [id]});
        self.client.post_json::<_, DoneAnswer>("/thor/voi/driver", &request).map(drop)
    }

    /// Drops the edit.
    pub fn discard(&self) -> Result<()> {
        self.client.delete("/api/v1/edit")
    }

    /// Begins to save.
    pub fn save(&self) -> Result<Operation> {
        self.client.post_json("/api/v1/save", &SaveRequest { note: None })
    }

    /// The versions that are kept, newest first.
    pub fn kept(&self) -> Result<Vec<Version>> {
        let versions: Vec<Version> =
            self.client.get_json(&with_query("/api/v1/versions", &[("limit", "50")]))?;
        Ok(versions.into_iter().filter(|version| version.kept).collect())
    }

    /// Begins to roll back.
    pub fn rollback(&self, version: u64) -> Result<Operation> {
        self.client
            .post_json(&format!("/api/v1/versions/{version}/rollback"), &RollbackRequest { note: None })
    }

    /// Begins to restore.
    pub fn restore(&self) -> Result<Operation> {
        self.client.post_json("/api/v1/restore", &json!({}))
    }

    /// What is not as it must be, every file of every package included.
    pub fn verify(&self) -> Result<Vec<Damage>> {
        let job: Job = self.client.post_json("/api/v1/verify", &VerifyRequest { deep: true })?;
        self.wait_idle()?;
        let report: VerifyReport =
            self.client.get_json(&with_query("/api/v1/verify", &[("job", &job.id)]))?;
        Ok(report.findings)
    }

    /// A file of the disk.
    pub fn file(&self, path: &str, limit: u64) -> Result<Vec<u8>> {
        self.client.get_bytes(&with_query("/api/v1/files/content", &[("path", path)]), limit, &mut |_| Ok(()))
    }

    /// The entries of a directory of the disk.
    pub fn directories(&self, path: &str) -> Result<Vec<String>> {
        let answer: Value = self.client.get_json(&with_query("/api/v1/files", &[("path", path)]))?;
        let entries = answer.as_array().or_else(|| answer["data"].as_array()).cloned().unwrap_or_default();
        let mut names: Vec<String> =
            entries.iter().filter_map(|entry| entry["name"].as_str()).map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    /// A token for one more terminal.
    pub fn enrolment_token(&self) -> Result<String> {
        let request = json!({"name": "soak", "uses": 1, "hours": 24});
        let answer: Value = self.client.post_json("/api/v1/enrolment-tokens", &request)?;
        Ok(answer["token"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until nothing runs; answers the state then.
    pub fn wait_idle(&self) -> Result<Status> {
        let begun = Instant::now();
        loop {
            let status = self.status()?;
            let jobs: Vec<Job> = self.client.get_json("/api/v1/jobs")?;
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
