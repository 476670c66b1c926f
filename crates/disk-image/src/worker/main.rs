//! `disk-worker`: does what the `disk-image` library asks over its standard input, on one image, and ends.
//!
//! It is started by the library alone, and is the only program that runs libntfs-3g and imago. It opens exactly the
//! paths that it is told, and `mkntfs` and `qemu-img`; nothing that an image names.

mod adopt;
mod capture;
mod create;
mod device;
mod ffi;
mod files;
mod grow;
mod header;
mod images;
mod layout;
mod merge;
mod programs;
mod ranges;
mod read_at;
mod seal;
mod serve;
mod session;
mod survey;
mod writer;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = ffi::host::confine().map_err(fault::Error::from).and_then(|()| serve::run());
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent reads this; where it is gone, nobody does.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
