//! Errors of the database in the form of the rest of the program.

use fault::{Error, Kind, Result};
use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};

/// Adds context to what a query returned.
pub trait DbContext<T> {
    /// Puts `text()` in front and decides the kind of the error.
    fn db_context<S: Into<String>>(self, text: impl FnOnce() -> S) -> Result<T>;
}

impl<T> DbContext<T> for Result<T, DbErr> {
    fn db_context<S: Into<String>>(self, text: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|error| from_db(error).in_context(text()))
    }
}

fn from_db(error: DbErr) -> Error {
    let (kind, notice) = classify(&error);
    let fault = Error::new(kind, "database").with_source(error);
    match notice {
        Some(id) => fault.with_notice(id),
        None => fault,
    }
}

fn classify(error: &DbErr) -> (Kind, Option<&'static str>) {
    if matches!(
        error.sql_err(),
        Some(SqlErr::UniqueConstraintViolation(_) | SqlErr::ForeignKeyConstraintViolation(_))
    ) {
        return (Kind::Conflict, None);
    }
    match error {
        DbErr::ConnectionAcquire(_) => (Kind::Unavailable, Some("db.unreachable")),
        DbErr::RecordNotFound(_) => (Kind::NotFound, None),
        DbErr::Conn(RuntimeErr::SqlxError(error)) => match of_sqlx(error) {
            (Kind::Bug, _) => (Kind::Unavailable, Some("db.unreachable")),
            known => known,
        },
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            of_sqlx(error)
        }
        _ => (Kind::Bug, None),
    }
}

fn of_sqlx(error: &SqlxError) -> (Kind, Option<&'static str>) {
    match error {
        SqlxError::Database(error) => match error.try_downcast_ref::<MySqlDatabaseError>() {
            Some(error) => of_mysql(error.number()),
            None => error.code().and_then(|code| code.parse().ok()).map_or((Kind::Bug, None), of_sqlite),
        },
        SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed => {
            (Kind::Unavailable, Some("db.unreachable"))
        }
        _ => (Kind::Bug, None),
    }
}

/// By an extended result code of SQLite, whose low byte is the primary one.
fn of_sqlite(code: u32) -> (Kind, Option<&'static str>) {
    match code & 0xff {
        5 | 6 => (Kind::Busy, None),
        8 => (Kind::Unavailable, Some("db.read_only")),
        10 | 14 => (Kind::Unavailable, Some("db.unreachable")),
        11 | 26 => (Kind::Corrupt, Some("db.corrupt")),
        13 => (Kind::NoSpace, Some("db.full")),
        _ => (Kind::Bug, None),
    }
}

/// By an error number of MySQL or MariaDB.
fn of_mysql(number: u16) -> (Kind, Option<&'static str>) {
    match number {
        1205 | 1213 => (Kind::Busy, None),
        1021 | 1114 => (Kind::NoSpace, Some("db.full")),
        1036 | 1290 => (Kind::Unavailable, Some("db.read_only")),
        1034 | 1194 | 1195 => (Kind::Corrupt, Some("db.corrupt")),
        1040 | 1044 | 1045 | 1049 | 1053 | 1129 | 1130 => (Kind::Unavailable, Some("db.unreachable")),
        _ => (Kind::Bug, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_decides_the_kind() {
        assert_eq!(of_sqlite(517).0, Kind::Busy, "SQLITE_BUSY_SNAPSHOT");
        assert_eq!(of_sqlite(13).0, Kind::NoSpace, "SQLITE_FULL");
        assert_eq!(of_sqlite(26).0, Kind::Corrupt, "SQLITE_NOTADB");
        assert_eq!(of_sqlite(1).0, Kind::Bug, "SQLITE_ERROR");
        assert_eq!(of_mysql(1213).0, Kind::Busy, "ER_LOCK_DEADLOCK");
        assert_eq!(of_mysql(1114).0, Kind::NoSpace, "ER_RECORD_FILE_FULL");
        assert_eq!(of_mysql(1064).0, Kind::Bug, "ER_PARSE_ERROR");
    }
}
