//! The domain of the driver center: states, edit, save, versions, terminals.

pub mod accounts;
pub mod db;
