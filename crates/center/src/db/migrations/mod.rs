//! The schema, in numbered steps that SQLite and MySQL run alike.
//!
//! Every step may be repeated: a server that dies between two statements (neither MySQL nor SQLite wraps a step
//! in a transaction here) finishes it at the next start. Tables that an existing platform already has are left
//! as they are. A step that a release has shipped is never changed again; a new one follows it.
//!
//! No foreign key points at a table whose form is given by that platform: there the type of an `id` is not ours.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

mod m0001_platform;
mod m0002_disk;
mod m0003_drivers;
mod m0004_accounts;
mod m0005_terminals;
mod m0006_versions;
mod m0008_printers;
mod m0009_templates;
mod m0010_groups;
mod m0011_edit_lock;
mod m0012_terminal_lists;
mod m0013_terminal_history;
mod m0014_kept_versions;
mod m0015_terminal_programs;
mod m0016_terminal_standings;
mod m0017_exact_names;

/// All steps, in order.
pub(super) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_platform::Migration),
            Box::new(m0002_disk::Migration),
            Box::new(m0003_drivers::Migration),
            Box::new(m0004_accounts::Migration),
            Box::new(m0005_terminals::Migration),
            Box::new(m0006_versions::Migration),
            Box::new(m0008_printers::Migration),
            Box::new(m0009_templates::Migration),
            Box::new(m0010_groups::Migration),
            Box::new(m0011_edit_lock::Migration),
            Box::new(m0012_terminal_lists::Migration),
            Box::new(m0013_terminal_history::Migration),
            Box::new(m0014_kept_versions::Migration),
            Box::new(m0015_terminal_programs::Migration),
            Box::new(m0016_terminal_standings::Migration),
            Box::new(m0017_exact_names::Migration),
        ]
    }
}

/// Names of all steps that this program knows.
pub(super) fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// A number of ours that counts itself up.
fn id() -> ColumnDef {
    ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key().to_owned()
}

fn int(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("int").to_owned()
}

fn small(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).small_integer().take()
}

fn bigint(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("bigint").to_owned()
}

fn varchar(name: &'static str, chars: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(chars).to_owned()
}

/// Text of any length (MySQL's `text` ends at 64 KiB).
fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("longtext").to_owned()
}

/// A point in time, naive UTC with microseconds.
fn datetime(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("datetime(6)").to_owned()
}

fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("tinyint(1)").to_owned()
}

/// A table with its indexes, created unless it is there.
struct NewTable {
    name: &'static str,
    statement: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

impl NewTable {
    fn new(name: &'static str) -> Self {
        let statement = Table::create().table(name).if_not_exists().to_owned();
        Self { name, statement, indexes: Vec::new() }
    }

    fn column(mut self, column: &mut ColumnDef) -> Self {
        self.statement.col(column.take());
        self
    }

    /// What rows are known by, where that is several columns.
    fn primary_key(mut self, columns: &[&'static str]) -> Self {
        let mut key = Index::create();
        for column in columns {
            key.col(*column);
        }
        self.statement.primary_key(&mut key);
        self
    }

    fn index(self, columns: &[&'static str]) -> Self {
        self.add_index(columns, Index::create())
    }

    fn unique(self, columns: &[&'static str]) -> Self {
        self.add_index(columns, Index::create().unique().take())
    }

    fn add_index(mut self, columns: &[&'static str], mut index: IndexCreateStatement) -> Self {
        index.name(format!("{}_{}", self.name, columns.join("_")));
        for column in columns {
            index.col(*column);
        }
        self.indexes.push(index);
        self
    }

    /// Rows go when the row of `table` goes that `column` names.
    fn belongs_to(mut self, column: &'static str, table: &'static str, key: &'static str) -> Self {
        let mut reference = ForeignKey::create();
        reference.from(self.name, column).to(table, key).on_delete(ForeignKeyAction::Cascade);
        self.statement.foreign_key(&mut reference);
        self
    }

    /// MySQL knows no `create index if not exists`, but takes indexes within the table; SQLite is the opposite.
    async fn create(mut self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::MySql {
            self.statement.engine("InnoDB").character_set("utf8mb4");
            for index in &mut self.indexes {
                self.statement.index(index);
            }
            return manager.create_table(self.statement).await;
        }
        manager.create_table(self.statement).await?;
        for mut index in self.indexes {
            manager.create_index(index.table(self.name).if_not_exists().take()).await?;
        }
        Ok(())
    }
}
