//! Printer drivers: kept whole on the disk as `/pri/<package>.zip`, with one configuration file inside that is ours.
//!
//! Each change is an edit like any other: what the file becomes is a kept archive of its own, so that the disk can be
//! made again from Base and the edits. What the database says of a printer driver and what its file says are changed
//! together. The server never looks into the file itself: the confined reader does.

mod change;
mod import;
mod list;
mod make;
mod password;
mod store;

pub(crate) use change::write_settings;
pub(crate) use import::PrinterRequest;
pub(crate) use make::FRESH;
pub(crate) use password::Vault;
pub(crate) use store::store;

use std::collections::HashSet;

use fault::{Error, Result};
use sea_orm::ConnectionTrait;

use ::driver_package::PackageKind;

use crate::db::entities::printer;
use crate::db::{DbContext, SoftDelete};
use crate::import::wrong_type;

/// Where the files of printer drivers are on the disk.
const DIRECTORY: &str = "/pri";

/// Where the file of a printer driver is on the disk.
pub(crate) fn path_of(row: &printer::Model) -> String {
    path(&row.file_name)
}

fn path(file_name: &str) -> String {
    format!("{DIRECTORY}/{file_name}")
}

/// The name of a printer driver from that of its file, which must be a `.zip`.
pub(crate) fn stem_of(file_name: &str) -> Result<String> {
    match PackageKind::from_file_name(file_name) {
        Some(PackageKind::Printer) => crate::import::stem_of(file_name),
        _ => Err(wrong_type(file_name)),
    }
}

/// Names and file names that printer drivers have now, without regard to case.
pub(crate) struct Taken {
    names: HashSet<String>,
    files: HashSet<String>,
}

impl Taken {
    /// Those of all but `except`.
    pub(crate) async fn load(db: &impl ConnectionTrait, except: Option<i64>) -> Result<Self> {
        let rows = printer::Entity::find_live().all(db).await.db_context(|| "compare names")?;
        let others: Vec<_> = rows.into_iter().filter(|row| Some(row.id) != except).collect();
        Ok(Self {
            names: others.iter().map(|row| row.name.to_lowercase()).collect(),
            files: others.iter().map(|row| row.file_name.to_lowercase()).collect(),
        })
    }

    fn require_free(&self, name: &str) -> Result<()> {
        if !self.names.contains(&name.to_lowercase()) {
            return Ok(());
        }
        Err(Error::conflict(format!("another printer driver has the name {name}"))
            .with_notice("printer.name_taken")
            .with_value("name", name))
    }

    /// `name`, or `name (2)`, … where that is taken.
    fn free_name(&self, name: &str) -> Result<String> {
        first_free(&self.names, |suffix| format!("{name}{suffix}"))
    }

    /// `wanted`, or where that is taken `otherwise`, with a number if need be; taken from then on.
    pub(crate) fn take_name(&mut self, wanted: &str, otherwise: &str) -> Result<String> {
        let is_free = !self.names.contains(&wanted.to_lowercase());
        let name = if is_free { wanted.to_owned() } else { self.free_name(otherwise)? };
        self.names.insert(name.to_lowercase());
        Ok(name)
    }

    fn free_file(&self, stem: &str) -> Result<String> {
        first_free(&self.files, |suffix| format!("{stem}{suffix}.zip"))
    }
}

fn first_free(taken: &HashSet<String>, make: impl Fn(&str) -> String) -> Result<String> {
    let suffixes = std::iter::once(String::new()).chain((2..).map(|n| format!(" ({n})")));
    let mut candidates = suffixes.take(taken.len() + 1).map(|suffix| make(&suffix));
    let free = candidates.find(|name| !taken.contains(&name.to_lowercase()));
    free.ok_or_else(|| Error::bug("no name is free"))
}
