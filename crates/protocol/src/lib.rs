//! Wire types of all interfaces of the driver center, and the typed client that speaks them.
//!
//! - [`thor`]: the interface of the platform, with its fixed names and numbers.
//! - [`api`]: our own interface under `/api/v1`: state, versions, details, jobs, accounts, terminals.
//! - [`sync`]: what a terminal reads to become identical to the server: the signed head and the manifest.
//! - [`client`] (feature `client`): blocking HTTP with one place for authentication, limits and errors.
//!
//! This crate holds no behaviour of the center and no texts for users.

pub mod api;
#[cfg(feature = "client")]
pub mod client;
pub mod sync;
pub mod thor;
