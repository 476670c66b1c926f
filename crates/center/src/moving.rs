//! Moving a site to another database: copied table by table, compared row by row, and only then declared.
//!
//! The old database stays as it is until the new one has been proven to be the same; then it is marked, and no server
//! opens it any more: two servers, each with its own truth, must not come of it. What was interrupted goes on where it
//! was when it is asked for again: tables that are equal already are left alone.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `move.not_empty` | `tables` | something is in the new database, and not from an attempt of this center |
//! | `move.same` | – | old and new are the same database |
//! | `move.differs` | `table` | what was written reads differently |
//! | `move.moved` | `to` | this database was moved, and the other one counts |
//! | `move.unfinished` | – | a move into this database was interrupted |

use std::io::{BufReader, Write};
use std::path::Path;

use fault::{Context, Error, Result};
use sea_orm::ConnectionTrait;

use crate::backup::tables;
use crate::db::{Db, commit};
use crate::import::discard_file;
use crate::settings;

/// The table that is copied last: with it the new database is complete.
const LAST: &str = "setting";

/// One table on its way, in `work`.
pub(crate) const TABLE: &str = "moving-table";

/// How many rows of which table there are.
pub type Rows = Vec<(&'static str, u64)>;

/// Fails for a database that no server may open: it was moved, or is still being moved into.
pub async fn refuse_moved(db: &Db) -> Result<()> {
    if let Some(to) = settings::moved_to(db).await? {
        let error = Error::conflict(format!("use a database that was moved to {to}"));
        return Err(error.with_notice("move.moved").with_value("to", to));
    }
    match settings::moving_from(db).await? {
        None => Ok(()),
        Some(from) => Err(Error::conflict(format!("use a database that {from} is being moved to"))
            .with_notice("move.unfinished")),
    }
}

/// Copies all of `from` to `to`, which is empty or has what an earlier attempt has copied; `name` is how people know
/// the new one, without its password. `folder` takes one table at a time.
pub async fn move_database(
    from: &Db,
    to: &Db,
    name: &str,
    folder: &Path,
    watch: &mut (dyn FnMut(&str) + Send),
) -> Result<Rows> {
    refuse_moved(from).await?;
    let center = settings::center_id(from).await?;
    if settings::moving_from(to).await?.as_ref() != Some(&center) {
        if let (Err(refusal), Err(_)) = (require_empty(to).await, compare(from, to).await) {
            return Err(refusal);
        }
        settings::record_moving_from(to, &center).await?;
    }
    let names = tables::NAMES.iter().chain(tables::PASSING).copied().filter(|name| *name != LAST);
    for table in names.chain([LAST]) {
        copy(table, from, to, folder).await.context(|| format!("move the table {table}"))?;
        watch(table);
    }
    let rows = compare(from, to).await?;
    settings::record_moved_to(from, name).await?;
    tracing::info!(target: "voi_drive_backups_manage", to = name, "the database was moved");
    Ok(rows)
}

/// What the schema itself brings is nothing.
async fn require_empty(db: &Db) -> Result<()> {
    let mut filled = Vec::new();
    for table in tables::NAMES.iter().chain(tables::PASSING) {
        let rows = Digests::of(table, db).await?.0.len();
        let own = if *table == LAST && settings::is_fresh(db).await? { rows } else { 0 };
        if rows > own {
            filled.push(*table);
        }
    }
    if filled.is_empty() { Ok(()) } else { Err(not_empty(&filled)) }
}

fn not_empty(tables: &[&str]) -> Error {
    let tables = tables.join(", ");
    Error::conflict(format!("move into a database with rows in {tables}"))
        .with_notice("move.not_empty")
        .with_value("tables", tables)
}

/// Makes a table of `to` what it is in `from`, in one transaction.
async fn copy(table: &str, from: &Db, to: &Db, folder: &Path) -> Result<()> {
    if Digests::of(table, from).await? == Digests::of(table, to).await? {
        return Ok(());
    }
    let path = folder.join(TABLE);
    let copied = copy_by(&path, table, from, to).await;
    discard_file(&path);
    copied
}

async fn copy_by(path: &Path, table: &str, from: &Db, to: &Db) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(true).mode(0o600).open(path);
    let mut out = std::io::BufWriter::new(file.context(|| format!("make {}", path.display()))?);
    tables::dump(table, from, &mut out).await?;
    out.flush()?;
    drop(out);
    let mut lines = BufReader::new(std::fs::File::open(path)?);
    let txn = to.begin().await?;
    tables::load(table, &txn, &mut lines).await?;
    commit(txn).await
}

/// Reads all of both again, row by row.
async fn compare(from: &Db, to: &Db) -> Result<Rows> {
    let mut counts = Rows::new();
    for table in tables::NAMES.iter().chain(tables::PASSING) {
        let (old, new) = (Digests::of(table, from).await?, Digests::of(table, to).await?);
        if old != new {
            return Err(Error::corrupt(format!("the table {table} reads differently in the new database"))
                .with_notice("move.differs")
                .with_value("table", table));
        }
        counts.push((table, new.0.len() as u64));
    }
    Ok(counts)
}

/// The digests of all rows of a table. Databases sort text in ways of their own, so these are sorted here.
#[derive(PartialEq, Eq)]
struct Digests(Vec<[u8; 32]>);

impl Digests {
    async fn of(table: &str, db: &impl ConnectionTrait) -> Result<Self> {
        let mut digests = Self(Vec::new());
        tables::dump(table, db, &mut digests).await?;
        digests.0.sort_unstable();
        Ok(digests)
    }
}

/// Takes one row at a time, as [`tables::dump`] writes them.
impl Write for Digests {
    fn write(&mut self, row: &[u8]) -> std::io::Result<usize> {
        self.0.push(*blake3::hash(row).as_bytes());
        Ok(row.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
