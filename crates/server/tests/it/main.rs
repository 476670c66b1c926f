//! The server as clients see it: the real program on a free port with a data directory of its own.
//!
//! The modules are laid out like the addresses. `disk-worker` and `package-reader` must lie beside the program:
//! `cargo build -p disk-image -p driver-package -p server`.

mod api;
mod cli;
mod console;
mod doctor;
mod enrolment;
mod errors;
mod guard;
mod platform;
mod roles;
mod serve;
mod support;
mod thor;
mod tls;
mod whole;
