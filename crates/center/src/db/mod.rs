//! The database: connection, schema and tables.
//!
//! SQLite is the embedded default, MySQL and MariaDB are for large sites; both run the same migrations. This
//! module owns how a connection behaves (durability, waiting, transactions) and what every table has in common
//! (time, soft deletion). It knows no rule of the domain: queries live in the modules that need them.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `db.unreachable` | – | the database cannot be opened or does not answer |
//! | `db.full` | – | the disk below the database is full |
//! | `db.corrupt` | – | the database file is damaged |
//! | `db.read_only` | – | the database file may not be written |
//! | `db.bad_url` | – | its address is none that is known |
//! | `db.newer` | `step` | a newer release of the program has used this database |

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fault::{Error, Result};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, ExecResult, IsolationLevel, QueryFilter, QueryResult, Select, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigratorTrait, async_trait};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub mod entities;
mod failure;
mod kept;
mod migrations;
mod time;

pub use failure::DbContext;
pub(crate) use kept::Kept;
pub use sea_orm::prelude::DateTime;
pub use time::{now, to_micros};

/// How long a statement waits for another writer, and a task for a free connection.
const PATIENCE: Duration = Duration::from_secs(15);
/// SQLite has one writer at a time; the others are for readers.
const SQLITE_CONNECTIONS: u32 = 4;
/// Rows that a connection reads ahead of who asked for them: each wait costs two changes of threads.
const SQLITE_ROWS_AHEAD: usize = 1000;
const MYSQL_CONNECTIONS: u32 = 16;

/// A pool of connections. Cheap to clone.
///
/// Statements run on it directly; what belongs together runs in the transaction that [`Db::begin`] gives.
#[derive(Clone, Debug)]
pub struct Db {
    pool: DatabaseConnection,
    /// Whose turn it is to write several statements.
    turn: Arc<Mutex<()>>,
    /// Goes up with each transaction that has ended by [`commit`].
    commits: Arc<AtomicU64>,
}

/// Several statements that become durable together, or not at all when it is dropped. There is one at a time, so
/// what it has read holds until it is committed; a statement on [`Db`] itself may still come in between.
#[derive(Debug)]
pub struct Transaction {
    statements: DatabaseTransaction,
    /// Given back after the connection.
    _turn: OwnedMutexGuard<()>,
    commits: Arc<AtomicU64>,
}

/// Opens the database at `url` (`sqlite:///path/center.db?mode=rwc`, `mysql://user:password@host/name`) and
/// brings its schema up to date.
pub async fn connect(url: &str) -> Result<Db> {
    let connection = Database::connect(options(url)?).await.db_context(|| "open the database")?;
    refuse_newer(&connection).await?;
    migrations::Migrator::up(&connection, None).await.db_context(|| "bring the database up to date")?;
    Ok(Db { pool: connection, turn: Arc::default(), commits: Arc::default() })
}

/// Opens a database that a server of this release has made, and leaves its schema as it is.
pub async fn connect_as_it_is(url: &str) -> Result<Db> {
    let url = url.replace("?mode=rwc", "?mode=rw");
    let connection = Database::connect(options(&url)?).await.db_context(|| "open the database")?;
    refuse_newer(&connection).await?;
    let applied = migrations::Migrator::get_migration_models(&connection).await;
    let applied = applied.db_context(|| "read the state of the schema")?;
    if applied.len() != migrations::known().len() {
        return Err(
            Error::conflict("the database is of an older release").with_notice("backup.other_release")
        );
    }
    Ok(Db { pool: connection, turn: Arc::default(), commits: Arc::default() })
}

/// The steps of the schema that this release knows.
pub(crate) fn schema() -> Vec<String> {
    migrations::known()
}

fn options(url: &str) -> Result<ConnectOptions> {
    let mut options = ConnectOptions::new(url);
    options.acquire_timeout(PATIENCE).connect_timeout(PATIENCE).sqlx_logging(false);
    match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => {
            let may_create = url.contains("mode=rwc");
            options.max_connections(SQLITE_CONNECTIONS).map_sqlx_sqlite_opts(move |sqlite| {
                if may_create {
                    create_private(sqlite.get_filename());
                }
                // What was acknowledged survives a power cut: WAL alone syncs only at its checkpoints.
                let sqlite = sqlite.pragma("journal_mode", "WAL").pragma("synchronous", "FULL");
                sqlite.foreign_keys(true).busy_timeout(PATIENCE).row_buffer_size(SQLITE_ROWS_AHEAD)
            });
        }
        Some("mysql") => {
            options.max_connections(MYSQL_CONNECTIONS);
        }
        _ => {
            let error = Error::invalid("database URL: neither sqlite: nor mysql:");
            return Err(error.with_notice("db.bad_url"));
        }
    }
    Ok(options)
}

/// Makes an empty file that nobody else may read: there will be hashes of passwords in it. SQLite's log takes over
/// its permissions. Where this fails, SQLite's own attempt says why.
fn create_private(path: &Path) {
    let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

/// A schema from the future may mean other things with the same columns.
async fn refuse_newer(connection: &DatabaseConnection) -> Result<()> {
    let applied = migrations::Migrator::get_migration_models(connection).await;
    let known = migrations::known();
    match applied
        .db_context(|| "read the state of the schema")?
        .into_iter()
        .find(|row| !known.contains(&row.version))
    {
        None => Ok(()),
        Some(row) => Err(Error::conflict(format!(
            "database has step {}, which this release does not know; install the newer release again",
            row.version
        ))
        .with_notice("db.newer")
        .with_value("step", row.version)),
    }
}

impl Db {
    /// Begins a transaction that may write, when the one before has ended.
    ///
    /// SQLite refuses to turn a transaction that has read into one that writes while another process writes; so
    /// its lock is taken at once, and waited for. MySQL would run transactions side by side, each on what it saw
    /// first; the turn makes both behave alike.
    pub async fn begin(&self) -> Result<Transaction> {
        let turn = tokio::time::timeout(PATIENCE, self.turn.clone().lock_owned()).await;
        let turn = turn.map_err(|_| Error::busy("begin a transaction: another one takes too long"))?;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let statements = self.pool.begin_with_options(options).await.db_context(|| "begin a transaction")?;
        Ok(Transaction { statements, _turn: turn, commits: self.commits.clone() })
    }

    /// Goes up with each [`commit`]: what was read before this number changed may not hold any more. Statements outside of
    /// transactions do not count, and neither do the reports of terminals.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }

    /// The database as it is at one moment: nothing that is committed later is seen in it. It writes nothing.
    pub(crate) async fn moment(&self) -> Result<DatabaseTransaction> {
        let is_mysql = self.pool.get_database_backend() == DbBackend::MySql;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            isolation_level: is_mysql.then_some(IsolationLevel::RepeatableRead),
            ..TransactionOptions::default()
        };
        self.pool.begin_with_options(options).await.db_context(|| "read the database at one moment")
    }

    /// Closes all connections; SQLite then folds its log into the file.
    pub async fn close(self) -> Result<()> {
        self.pool.close().await.db_context(|| "close the database")
    }
}

/// Makes all of a transaction durable. It goes on when nobody waits for it any more, so that it is counted when it is over.
pub async fn commit(transaction: Transaction) -> Result<()> {
    let counted = Counted(transaction.commits.clone());
    let committing = tokio::spawn(async move {
        let outcome = commit_reports(transaction).await;
        drop(counted);
        outcome
    });
    committing.await.map_err(|error| Error::bug(format!("commit a transaction: {error}")))?
}

/// Counts a commit when it is over, also where it failed: whether it was made is not certain then.
struct Counted(Arc<AtomicU64>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

/// The same for what terminals have reported; nobody but who writes that keeps it in memory.
pub(crate) async fn commit_reports(transaction: Transaction) -> Result<()> {
    transaction.statements.commit().await.db_context(|| "commit a transaction")
}

/// Runs statements on what a type holds, without lending that out.
macro_rules! run_on {
    ($type:ident, $field:ident) => {
        #[async_trait::async_trait]
        impl ConnectionTrait for $type {
            fn get_database_backend(&self) -> DbBackend {
                self.$field.get_database_backend()
            }

            async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
                self.$field.execute_raw(statement).await
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
                self.$field.execute_unprepared(sql).await
            }

            async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
                self.$field.query_one_raw(statement).await
            }

            async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
                self.$field.query_all_raw(statement).await
            }
        }
    };
}

run_on!(Db, pool);
run_on!(Transaction, statements);

/// A table whose rows stay as history when they are deleted.
pub trait SoftDelete: EntityTrait {
    /// The condition that a row is not deleted.
    fn is_live() -> SimpleExpr;

    /// All rows that are not deleted.
    fn find_live() -> Select<Self> {
        Self::find().filter(Self::is_live())
    }
}
