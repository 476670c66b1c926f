//! A server on a database of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use center::db::{self, Db};
use fault::{Context as _, Error, Result};
use protocol::client::{Client, Credentials, Secret};
use sea_orm::{ConnectionTrait as _, Database, DbErr};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::processes::programs;

/// Where a server keeps what it has; it was started once, and has its tables.
pub(crate) struct Site {
    room: PathBuf,
    url: String,
    password: String,
}

impl Site {
    pub(crate) fn on_sqlite(room: &Path) -> Result<Self> {
        let url = format!("sqlite://{}?mode=rwc", room.join("data/center.db").display());
        Self::new(room, url)
    }

    /// In a new database at `address`.
    pub(crate) fn on_mariadb(room: &Path, address: &str) -> Result<Self> {
        let made = Runtime::new()?.block_on(async {
            let server = Database::connect(address).await?;
            server.execute_unprepared("CREATE DATABASE bench").await
        });
        made.map_err(lost)?;
        Self::new(room, format!("{address}/bench"))
    }

    fn new(room: &Path, url: String) -> Result<Self> {
        std::fs::create_dir_all(room)?;
        let mut site = Self { room: room.to_owned(), url, password: String::new() };
        let first = site.serve()?;
        site.password =
            first.password.clone().ok_or_else(|| Error::bug("a first start without a password"))?;
        first.stop()?;
        Ok(site)
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    pub(crate) async fn database(&self) -> Result<Db> {
        db::connect(&self.url).await
    }

    pub(crate) fn serve(&self) -> Result<Server> {
        let log = File::options().create(true).append(true).open(self.room.join("server.log"))?;
        let options = ["serve", "--log", "warn", "--listen", "127.0.0.1:0", "--database-url", &self.url];
        let mut child = Command::new(programs()?.join("driver-center"))
            .args(options)
            .arg("--data-dir")
            .arg(self.room.join("data"))
            .env("LC_ALL", "en_US.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context(|| "start the server")?;
        let out = child.stdout.take().ok_or_else(|| Error::bug("a child without output"))?;
        let mut server = Server { child, url: String::new(), password: None };
        for line in BufReader::new(out).lines().map_while(std::io::Result::ok) {
            if let Some((_, rest)) = line.split_once("one-time password ") {
                server.password = rest.split(' ').next().map(str::to_owned);
            }
            if let Some((_, rest)) = line.split_once("http://") {
                server.url = format!("http://{}", rest.trim_end_matches('/'));
                return Ok(server);
            }
        }
        Err(Error::unavailable("the server does not start; see its log"))
    }
}

/// What the database answered in place of rows.
pub(crate) fn lost(error: DbErr) -> Error {
    Error::unavailable(format!("ask the database: {error}"))
}

/// A server that runs.
pub(crate) struct Server {
    child: Child,
    url: String,
    password: Option<String>,
}

impl Server {
    pub(crate) fn address(&self) -> Result<SocketAddr> {
        let address = self.url.trim_start_matches("http://").parse();
        address.map_err(|e| Error::bug(format!("{} is no address: {e}", self.url)))
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn sign_in(&self, password: &str) -> Result<Client> {
        let request = json!({"name": "admin", "password": password,
            "new_password": "for these measurements only", "token_name": "bench"});
        let client = Client::new(&self.url, Credentials::None)?;
        let answer: Value = client.post_json("/api/v1/login", &request)?;
        let token = Secret::new(answer["token"].as_str().unwrap_or_default())?;
        Ok(client.with_credentials(Credentials::Bearer(token)))
    }

    /// Ends it as an operator does.
    pub(crate) fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status()?;
        match asked.success() && self.child.wait()?.success() {
            true => Ok(()),
            false => Err(Error::bug("the server did not end well")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was stopped has ended.
        let _ended = (self.child.kill(), self.child.wait());
    }
}
