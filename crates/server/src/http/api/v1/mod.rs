//! `/api/v1`: one module for each noun of the address.

pub(crate) mod audit;
pub(crate) mod disk;
pub(crate) mod distribution;
pub(crate) mod doctor;
pub(crate) mod drivers;
pub(crate) mod edit;
pub(crate) mod enrolment_tokens;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod jobs;
pub(crate) mod login;
pub(crate) mod operations;
pub(crate) mod password;
pub(crate) mod printers;
pub(crate) mod restore;
pub(crate) mod save;
pub(crate) mod session;
pub(crate) mod status;
pub(crate) mod sync;
pub(crate) mod templates;
pub(crate) mod terminals;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod verify;
pub(crate) mod versions;
