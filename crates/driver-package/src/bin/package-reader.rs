//! The confined process that parses uploaded archives; see [`driver_package::reader`].

use std::process::ExitCode;

fn main() -> ExitCode {
    driver_package::archive::main(std::env::args_os())
}
