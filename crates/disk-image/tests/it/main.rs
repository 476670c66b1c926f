//! The library and its worker, on real images, judged by programs that are not ours.
#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps an error")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod adopting;
mod crash;
mod foreign;
mod growing;
mod hostile;
mod life;
mod merging;
mod support;
