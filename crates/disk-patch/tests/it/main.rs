//! The crate from outside: round trips, crashes, failing I/O, damaged input and the formats of earlier releases.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]
#![expect(clippy::single_range_in_vec_init, reason = "runs of leaves are lists of ranges")]

mod crash;
mod files;
mod golden;
mod leafwise;
mod refusal;
mod rewinding;
mod round_trip;
mod salvage;
mod scenario;
mod sim;
