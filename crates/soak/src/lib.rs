//! Random faults against the real programs, and the proof that nothing was lost.
//!
//! A [`Trial`] starts a server and terminals as processes. Each of its rounds does one thing that an administrator or a
//! terminal does, and at a moment that the seed chooses kills the server, its worker or a terminal, cuts the
//! connections, fills a disk, or ends a backup. After each round the list of drivers must hold everything that was acknowledged, and
//! a terminal's disk that may be opened must be a whole version. In the end everything is read and compared.
//!
//! | module | what it owns |
//! | --- | --- |
//! | [`trial`], [`disturb`] | the rounds |
//! | [`actions`], [`faults`] | what is done, and what happens to it |
//! | [`backups`] | backups beside it, and centers that come back from them |
//! | [`proof`] | what must hold afterwards |
//! | [`ledger`] | what was acknowledged |
//! | [`server`], [`admin`], [`terminal`], [`task`], [`proxy`] | the processes, and the connections between them |
//! | [`room`] | directories, and small file systems that can be full |
//! | [`archives`], [`dice`], [`diary`] | material, luck, and what was done |
//!
//! The same seed makes the same choices; how far a process had got at that moment is up to the machine.

mod actions;
mod admin;
mod archives;
mod backups;
mod diary;
mod dice;
mod disturb;
mod faults;
mod ledger;
mod proof;
mod proxy;
mod room;
mod server;
mod task;
mod terminal;
mod trial;

pub use admin::Admin;
pub use diary::Diary;
pub use faults::Fault;
pub use room::{Room, SmallDisk};
pub use server::Server;
pub use terminal::Terminal;
pub use trial::{Length, Plan, Report, run};
