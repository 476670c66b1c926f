//! The database as rows of JSON, so that a backup of SQLite can be restored into MySQL and the other way round.
//!
//! Sessions and uploads under way are left out: people sign in again, and send again.

use std::io::{BufRead, Write};

use fault::{Error, Result};
use sea_orm::{
    ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, ModelTrait, PaginatorTrait, PrimaryKeyToColumn,
    QueryOrder,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::DbContext;
use crate::db::entities::*;

/// Rows that are read, and written, at once: SQLite takes 32,766 values in a statement.
const ROWS_AT_ONCE: u64 = 500;
/// Bytes of JSON from which on no more rows go into a statement: MariaDB takes 16 MiB in one.
const STATEMENT_BYTES: usize = 2 * 1024 * 1024;

/// Calls a function for each table that is kept.
macro_rules! tables {
    ($($entity:ident),* $(,)? ; $($passing:ident),* $(,)?) => {
        /// The tables that are kept, by the names of their modules.
        pub(crate) const NAMES: &[&str] = &[$(stringify!($entity)),*];

        /// What a backup leaves out: it passes by itself.
        pub(crate) const PASSING: &[&str] = &[$(stringify!($passing)),*];

        /// Writes all rows of a table, one a line; answers how many.
        pub(crate) async fn dump(name: &str, db: &impl ConnectionTrait, out: &mut (dyn Write + Send)) -> Result<u64> {
            match name {
                $(stringify!($entity) => dump_table::<$entity::Entity>(db, out).await,)*
                $(stringify!($passing) => dump_table::<$passing::Entity>(db, out).await,)*
                _ => Err(unknown(name)),
            }
        }

        /// Replaces all rows of a table; answers how many there are then.
        pub(crate) async fn load(
            name: &str,
            db: &impl ConnectionTrait,
            lines: &mut (dyn BufRead + Send),
        ) -> Result<u64> {
            match name {
                $(stringify!($entity) => load_table::<$entity::Entity>(db, lines).await,)*
                $(stringify!($passing) => load_table::<$passing::Entity>(db, lines).await,)*
                _ => Err(unknown(name)),
            }
        }

        /// What the tables are called in the database.
        #[cfg(test)]
        fn table_names() -> Vec<String> {
            use sea_orm::EntityName as _;
            vec![$($entity::Entity.table_name().to_owned()),*]
        }
    };
}

// What others refer to comes before them.
tables! {
    user, api_token, archive, audit, base_image, desktop, driver_file, driver_package, driver_inf, driver_device, driver_relation,
    edit, edit_session, enrolment_token, image, job, operation, printer, setting, temp_image, terminal, terminal_history,
    terminal_inventory, version;
    session, upload,
}

pub(crate) fn unknown(name: &str) -> Error {
    Error::invalid(format!("restore the table {name}, which this release does not have"))
        .with_notice("backup.newer")
}

async fn dump_table<E>(db: &impl ConnectionTrait, out: &mut (dyn Write + Send)) -> Result<u64>
where
    E: EntityTrait,
    E::Model: Serialize + Sync,
{
    let mut query = E::find();
    for key in E::PrimaryKey::iter() {
        query = query.order_by_asc(key.into_column());
    }
    let mut pages = query.paginate(db, ROWS_AT_ONCE);
    let mut count = 0;
    while let Some(rows) = pages.fetch_and_next().await.db_context(|| "read a table")? {
        for row in rows {
            let mut line = serde_json::to_vec(&row).map_err(|e| Error::bug(format!("encode a row: {e}")))?;
            line.push(b'\n');
            out.write_all(&line)?;
            count += 1;
        }
    }
    Ok(count)
}

async fn load_table<E>(db: &impl ConnectionTrait, lines: &mut (dyn BufRead + Send)) -> Result<u64>
where
    E: EntityTrait,
    E::Model: DeserializeOwned + IntoActiveModel<E::ActiveModel> + ModelTrait<Entity = E>,
{
    use sea_orm::ActiveModelTrait as _;
    E::delete_many().exec(db).await.db_context(|| "empty a table")?;
    let (mut rows, mut bytes, mut count) = (Vec::new(), 0, 0);
    let mut line = String::new();
    loop {
        line.clear();
        let is_end = lines.read_line(&mut line)? == 0;
        if !is_end {
            let row: E::Model =
                serde_json::from_str(&line).map_err(|e| Error::corrupt(format!("row of a table: {e}")))?;
            rows.push(row.into_active_model().reset_all());
            bytes += line.len();
        }
        let is_full = rows.len() as u64 == ROWS_AT_ONCE || bytes >= STATEMENT_BYTES;
        if is_full || (is_end && !rows.is_empty()) {
            count += rows.len() as u64;
            bytes = 0;
            E::insert_many(std::mem::take(&mut rows))
                .exec_without_returning(db)
                .await
                .db_context(|| "fill a table")?;
        }
        if is_end {
            return Ok(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, Statement};

    use super::*;
    use crate::db;

    /// What a backup need not have.
    const LEFT_OUT: [&str; 3] = ["sessions", "uploads", "seaql_migrations"];

    #[tokio::test]
    async fn every_table_is_in_a_backup() {
        let db = db::connect("sqlite::memory:").await.unwrap();
        let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, text)).await.unwrap();
        let names = rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap());
        let kept = table_names();
        let missing: Vec<String> =
            names.filter(|name| !LEFT_OUT.contains(&name.as_str()) && !kept.contains(name)).collect();
        assert_eq!(missing, Vec::<String>::new(), "list them in tables!, or in LEFT_OUT");
    }
}
