//! Developer commands and checks.
fn main() {}
