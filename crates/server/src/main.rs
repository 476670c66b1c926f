//! The driver center.
fn main() {}
