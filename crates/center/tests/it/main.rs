//! Tests of the domain on a real database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod accounts;
mod adopting;
mod backup;
mod backup_steps;
mod db;
mod enrolment;
mod fated;
mod glance;
mod growing;
mod history;
mod imports;
mod leftovers;
mod life;
mod life_time;
mod lock;
mod lost_commit;
mod mirror;
mod model;
mod moving;
mod old_data;
mod platform;
mod printers;
mod reports;
mod rescue;
mod restore;
mod site;
mod steps;
mod support;
mod templates;
mod terminal;
mod terminal_history;
mod terminal_list;
mod terminals;
mod undoing;
mod verify;
