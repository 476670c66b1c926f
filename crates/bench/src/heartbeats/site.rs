//! A server on a database, with more terminals than anybody would enrol by hand.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use center::accounts::{self, NewEnrolmentToken};
use center::db::entities::terminal;
use center::db::{self, Db};
use fault::{Context as _, Error, Result};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, Database, EntityTrait as _,
    IntoActiveModel as _,
};
use tokio::runtime::Runtime;

use crate::processes::programs;

/// Terminals that are written by one statement.
const ROWS: usize = 200;

/// Where a server keeps what it has.
pub(super) struct Site {
    room: PathBuf,
    url: String,
}

impl Site {
    pub(super) fn on_sqlite(room: &Path) -> Result<Self> {
        let url = format!("sqlite://{}?mode=rwc", room.join("data/center.db").display());
        Self::new(room, url)
    }

    /// In a database of its own at `address`.
    pub(super) fn on_mariadb(room: &Path, address: &str) -> Result<Self> {
        let made = Runtime::new()?.block_on(async {
            let server = Database::connect(address).await?;
            server.execute_unprepared("CREATE DATABASE heartbeats").await
        });
        made.map_err(|e| Error::unavailable(format!("make a database: {e}")))?;
        Self::new(room, format!("{address}/heartbeats"))
    }

    /// The server makes its tables.
    fn new(room: &Path, url: String) -> Result<Self> {
        std::fs::create_dir_all(room)?;
        let site = Self { room: room.to_owned(), url };
        site.serve()?.stop()?;
        Ok(site)
    }

    pub(super) async fn database(&self) -> Result<Db> {
        db::connect(&self.url).await
    }

    /// Enrols one terminal, and others after its likeness; answers their secrets.
    pub(super) async fn enrol(&self, count: usize) -> Result<Vec<String>> {
        let db = self.database().await?;
        let (now, mut random) = (db::now(), accounts::system_random());
        let lifetime = chrono::TimeDelta::hours(1);
        let new = NewEnrolmentToken { name: "bench", uses: 1, lifetime, created_by: "admin" };
        let (_, token) = accounts::create_enrolment_token(&db, new, now, &mut random).await?;
        let first = accounts::enrol_terminal(&db, &token, "t", "", now, &mut random).await?;
        let row = terminal::Entity::find_by_id(&first.id).one(&db).await.map_err(lost)?;
        let row = row.ok_or_else(|| Error::bug("a terminal that was enrolled is missing"))?;
        let secret = |number: usize| format!("{}{number:x}", first.secret.expose());
        let secrets: Vec<String> = (0..count).map(secret).collect();
        let txn = db.begin().await?;
        for (chunk, secrets) in secrets.chunks(ROWS).enumerate() {
            let rows = secrets.iter().enumerate().map(|(at, secret)| {
                let number = chunk * ROWS + at;
                let mut like = row.clone().into_active_model().reset_all();
                like.id = Set(format!("00000000-0000-4000-8000-{number:012x}"));
                like.name = Set(format!("PC-{number:06}"));
                like.mac = Set(format!("02{number:010x}"));
                like.secret_hash = Set(blake3::hash(secret.as_bytes()).to_hex().to_string());
                like
            });
            terminal::Entity::insert_many(rows).exec(&txn).await.map_err(lost)?;
        }
        db::commit(txn).await?;
        Ok(secrets)
    }

    /// All were heard, and that is durable.
    pub(super) async fn require_heard(&self, count: usize) -> Result<()> {
        let rows = terminal::Entity::find().all(&self.database().await?).await.map_err(lost)?;
        let heard = rows.iter().filter(|row| row.last_seen_at.is_some()).count();
        match heard == count {
            true => Ok(()),
            false => Err(Error::bug(format!("{heard} of {count} terminals were heard"))),
        }
    }

    pub(super) fn serve(&self) -> Result<Server> {
        let log = File::options().create(true).append(true).open(self.room.join("server.log"))?;
        let mut child = Command::new(programs()?.join("driver-center"))
            .args([
                "serve",
                "--log",
                "warn",
                "--listen",
                "127.0.0.1:0",
                "--database-url",
                &self.url,
                "--data-dir",
            ])
            .arg(self.room.join("data"))
            .env("LC_ALL", "en_US.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context(|| "start the server")?;
        let out = child.stdout.take().ok_or_else(|| Error::bug("a child without output"))?;
        let address = BufReader::new(out).lines().map_while(std::io::Result::ok).find_map(|line| {
            line.split_once("http://").and_then(|(_, rest)| rest.trim_end_matches('/').parse().ok())
        });
        let mut server = Server { child, address: ([0, 0, 0, 0], 0).into() };
        server.address =
            address.ok_or_else(|| Error::unavailable("the server does not start; see its log"))?;
        Ok(server)
    }
}

fn lost(error: sea_orm::DbErr) -> Error {
    Error::unavailable(format!("ask the database: {error}"))
}

/// A server that runs.
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as an operator does.
    pub(super) fn stop(mut self) -> Result<()> {
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
