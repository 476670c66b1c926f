//! The program against a real server on this machine.
//!
//! `driver-center`, `disk-worker` and `package-reader` must lie beside the program: `cargo build --workspace`.

mod collect;
mod proxy;
mod site;
mod upload;
