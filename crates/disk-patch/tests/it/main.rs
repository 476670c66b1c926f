//! The crate from outside: round trips, crashes, failing I/O, damaged input and the formats of earlier releases.

mod round_trip;
mod scenario;
mod sim;
