//! The terminal side of the driver center.
fn main() {}
