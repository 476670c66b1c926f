//! The terminal side of the driver center: keeps a copy of the disk that is provably identical to the server's.
//!
//! It needs a file and the network: no qcow2, no NTFS, no root. Everything that comes from outside is verified
//! before it is used, from the head's signature down to each leaf and pack; the disk file changes only by
//! `disk-patch`'s journal, or by renaming a whole, proven download over it.
//!
//! Read in this order: [`sync`] (the algorithm), [`local`] (the disk here), [`remote`] (the center), [`plan`],
//! [`patches`] and [`leaves`] (the two ways), [`daemon`]; beside the disk [`inventory`], [`mode`] and [`tell`]. Texts for people: [`text`].
//!
//! Notices beside those of `protocol::client` and `disk-patch`:
//!
//! | id | kind | values | when |
//! | --- | --- | --- | --- |
//! | `agent.already_running` | busy | – | another process holds the state directory |
//! | `agent.not_enrolled` | denied | – | there is no configuration yet |
//! | `agent.already_enrolled` | conflict | `server` | enrolling again was not asked for |
//! | `agent.bad_config` | invalid | `path`, `cause` | `config.toml` was edited wrongly |
//! | `agent.wrong_key` | denied | – | the center's key is not the expected one |
//! | `state.damaged` | corrupt | `path` | a state file is not what this program wrote |
//! | `state.not_writable` | unavailable | `path` | no permission |
//! | `disk.in_use` | busy | `path`, `cause` | the update waits |
//! | `disk.none` | not found | `path` | nothing was synced yet |
//! | `disk.unreliable` | corrupt | `path` | the storage does not keep what is written |
//! | `sync.no_space` | no space | `path`, `needed`, `free` | before anything is fetched or written |
//! | `sync.bad_signature`, `sync.newer_format` | corrupt, invalid | – | the head or the manifest |
//! | `sync.other_center` | corrupt | `center` | a head of another center |
//! | `sync.older_version` | corrupt | `offered`, `known` | a head that goes back |
//! | `sync.version_changed` | corrupt | `version` | a version number was used twice |
//! | `sync.damaged` | corrupt | `object` | what was received is not what was announced |
//! | `sync.incomplete` | unavailable | `version` | the center lacks a part of its current version |
//! | `sync.nothing_published` | not found | – | said by the center: there is no version yet |
//! | `sync.outside_window` | busy | – | the time for updates ended while it was fetching |
//! | `sync.too_fast` | busy | – | versions come faster than they can be fetched |

pub mod access;
pub mod backoff;
pub mod cli;
pub mod cmd;
pub mod daemon;
pub mod disk;
pub mod exit;
pub mod files;
pub mod head;
pub mod host;
pub mod inventory;
pub mod leaves;
pub mod limits;
pub mod local;
pub mod mode;
pub mod parallel;
pub mod patches;
pub mod plan;
pub mod remote;
pub mod report;
pub mod state;
pub mod stop;
pub mod sync;
pub mod tell;
pub mod terminal;
pub mod text;
pub mod ui;
pub mod verify;
pub mod watch;
