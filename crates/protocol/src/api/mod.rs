//! Our own interface under `/api/v1`.
//!
//! Times are RFC 3339 in UTC; sizes are bytes unless a name says otherwise.

use serde::{Deserialize, Serialize};

macro_rules! wire {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($body)* }
    };
    ($(#[$meta:meta])* pub enum $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($body)* }
    };
}

mod accounts;
mod distribution;
mod drivers;
mod printers;
mod state;
mod templates;
mod terminals;
mod versions;

pub use accounts::*;
pub use distribution::*;
pub use drivers::*;
pub use printers::*;
pub use state::*;
pub use templates::*;
pub use terminals::*;
pub use versions::*;

/// An event of `GET /api/v1/events`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The state of the center changed; fetch `/api/v1/status`.
    Status,
    /// The list of drivers changed.
    Drivers,
    /// The list of printer drivers changed.
    Printers,
    /// Templates, their drivers, desktops or scenes changed.
    Templates,
    /// A new version was published, or may have been.
    Version {
        /// The newest one; 0 while there is none.
        number: u64,
    },
    /// An operation went on.
    Operation(Operation),
    /// A job went on.
    Job(Job),
    /// A terminal reported.
    Terminal {
        /// Its id.
        id: String,
    },
}
