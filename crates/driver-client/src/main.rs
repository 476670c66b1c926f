//! `driver-client`: uploads printer drivers to the driver center, for the Windows user who has the printer.
//!
//! It reads files, asks the system what printers it has, and speaks HTTP; it changes nothing on the machine except its
//! own settings and what it remembers of unfinished uploads. What is in a printer driver, and whether it is one, is the
//! server's to say. Only [`machine`] knows on which system it runs.
//!
//! Notices beside those of `protocol::client`:
//!
//! | id | kind | values | when |
//! | --- | --- | --- | --- |
//! | `client.not_connected` | denied | – | there is neither a server nor a token |
//! | `client.no_token` | invalid | – | no token came where one was to be read |
//! | `client.no_home` | invalid | – | there is no directory for settings |
//! | `client.bad_settings` | invalid | `path`, `cause` | the settings are not what this program wrote |
//! | `client.unreadable` | invalid, not found | `path` | a file or folder cannot be read |
//! | `client.unwritable` | unavailable | `path` | a file cannot be written |
//! | `client.exists` | conflict | `path` | the file that is to be made is there |
//! | `client.changed` | invalid | `path` | a file changed while it was sent |
//! | `client.not_zip` | invalid | `path` | a file that is no `.zip` |
//! | `client.no_inf` | invalid | `path` | a folder without a driver |
//! | `client.odd_file` | invalid | `path` | a link, or a name that is no text |
//! | `client.too_many_files` | invalid | `limit` | a folder with more than a printer driver can have |
//! | `client.too_large` | invalid | `limit_bytes` | more bytes than the server takes |
//! | `client.no_printer` | not found | `name` | no printer of this machine is called so |
//! | `client.no_driver` | not found | `name` | no installed printer driver is called so |
//! | `client.not_in_store` | not found | `name` | Windows keeps no package of that driver |
//! | `client.only_on_windows` | invalid | – | what other systems cannot do |
//! | `client.no_cups` | unavailable | `cause` | the system does not say what printers it has |
//! | `client.export_failed` | unavailable | `name`, `cause` | `pnputil` did not export the package |
//! | `client.import_failed` | invalid | `message` | the server could not take the printer driver in |

mod cli;
mod cmd;
mod files;
mod limits;
mod machine;
mod pack;
mod send;
mod settings;
mod source;
mod text;
mod ui;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cli::run(wording::parse(cli::language_of_machine)))
}
