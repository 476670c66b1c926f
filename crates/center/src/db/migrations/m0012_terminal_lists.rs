//! The list of terminals in pages, quickly at 100,000 rows; and their inventories apart from it.
//!
//! Each order of the list has an index that holds all that its filters look at, so that a page, or a count, is one walk
//! through it and rows are read for what is shown only. The names of the indexes are used by [`crate::terminals`].

use super::{NewTable, flag, text, varchar};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// The indexes by their names, and the columns by which they are sorted. All have the rest of [`HELD`] behind.
pub(super) const INDEXES: [(&str, &[&str]); 5] = [
    ("terminals_by_name", &["name_key", "id"]),
    ("terminals_by_version", &["version", "name_key", "id"]),
    ("terminals_by_seen", &["is_heard", "last_seen_at", "id"]),
    ("terminals_by_state", &["state", "id"]),
    ("terminals_by_group", &["group_name", "name_key", "id"]),
];

/// What lists show by, compare and search.
const HELD: [&str; 8] =
    ["name_key", "id", "version", "root", "state", "is_heard", "group_name", "search_text"];

/// Nothing uses them any more, and each report would write the second one.
const OUT_OF_USE: [&str; 2] = ["terminals_mac", "terminals_state"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        inventories().create(manager).await?;
        let columns = [
            varchar("name_key", 128),
            varchar("search_text", 200),
            flag("is_heard").not_null().default(0).take(),
        ];
        for column in columns {
            add(manager, column).await?;
        }
        let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
        connection
            .execute_unprepared("UPDATE terminals SET is_heard = 1 WHERE last_seen_at IS NOT NULL")
            .await?;
        if backend == DbBackend::MySql {
            connection.execute_unprepared(&compared_exactly()).await?;
        }
        for name in OUT_OF_USE {
            if manager.has_index("terminals", name).await? {
                manager.drop_index(Index::drop().name(name).table("terminals").to_owned()).await?;
            }
        }
        for (name, sorted_by) in INDEXES {
            if !manager.has_index("terminals", name).await? {
                manager.create_index(index(name, &["deleted_at"], sorted_by, backend)).await?;
            }
        }
        Ok(())
    }
}

fn inventories() -> NewTable {
    NewTable::new("terminal_inventories")
        .column(varchar("terminal_id", 36).not_null().primary_key())
        .column(text("inventory").not_null())
}

pub(super) async fn add(manager: &SchemaManager<'_>, mut column: ColumnDef) -> Result<(), DbErr> {
    if manager.has_column("terminals", column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table("terminals").add_column(&mut column).take()).await
}

/// MySQL would take `Lab` and `lab` for one group, which SQLite does not. The lengths are such that an index of all of
/// them stays below the 3072 bytes that InnoDB takes, at four bytes for a character.
fn compared_exactly() -> String {
    let columns = [
        "name_key varchar(128)",
        "search_text varchar(200)",
        "group_name varchar(120)",
        "root varchar(64)",
        "state varchar(16)",
    ];
    let modify = columns.map(|column| {
        let default = if column.starts_with("state") { " NOT NULL DEFAULT 'unknown'" } else { "" };
        format!("MODIFY {column} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin{default}")
    });
    format!("ALTER TABLE terminals {}", modify.join(", "))
}

/// An index of a list: what it is sorted by, and the rest of what is [`HELD`].
pub(super) fn index(
    name: &str,
    asked_by_value: &[&'static str],
    sorted_by: &'static [&'static str],
    backend: DbBackend,
) -> IndexCreateStatement {
    let held = HELD.into_iter().filter(|column| !sorted_by.contains(column));
    live(name, asked_by_value, sorted_by.iter().copied().chain(held), backend)
}

/// An index of the terminals that are there.
///
/// MySQL has what each list asks for by one value in front, and so compares nothing on its way through those that fit.
/// SQLite would take `deleted_at` in front for a good way to a few rows, also where ids are given, and walk through all. It
/// can leave removed terminals out of an index, which MySQL cannot.
pub(super) fn live(
    name: &str,
    asked_by_value: &[&'static str],
    listed: impl Iterator<Item = &'static str>,
    backend: DbBackend,
) -> IndexCreateStatement {
    let asked = asked_by_value.iter().copied();
    let mut index = Index::create().name(name).table("terminals").take();
    let columns: Vec<&str> = match backend {
        DbBackend::MySql => asked.chain(listed).collect(),
        _ => {
            index.cond_where(Expr::col("deleted_at").is_null());
            listed.chain(asked).collect()
        }
    };
    for column in columns {
        index.col(column.to_owned());
    }
    index
}
