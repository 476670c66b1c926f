//! Tests of the stores through their common interface.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod directory;
mod glance;
