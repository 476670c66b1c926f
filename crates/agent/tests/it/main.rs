//! The agent against a small center over real HTTP, as a library and as a process.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail like the tests themselves"
)]

mod center;
mod fixture;
mod hostile;
mod in_use;
mod kinds;
mod process;
mod proof;
mod repair;
mod space;
mod tell;
mod ways;
mod window;
