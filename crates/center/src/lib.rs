//! The domain of the driver center: states, edit, save, restore, versions, terminals.
//!
//! [`Center`] is the whole of it. The database and the kept archives are the truth of what was asked for; the images
//! are derived from them. Images are opened, and archives are read, by worker processes only. This crate speaks no
//! HTTP and holds no texts for users: errors carry notices, and what wants their words gets them passed in.
//!
//! | module | what it owns |
//! | --- | --- |
//! | [`state`] | `mount_status` and its transitions |
//! | [`edit`], [`import`], [`changes`] | changes of the disk between two saves |
//! | [`edit_lock`] | whose the open edit is |
//! | [`active`] | the overlay that collects them |
//! | [`operations`], [`save`], [`rollback`], [`grow`], [`restore`] | lists of steps that survive a crash |
//! | [`mirror`] | registered images in a second store, in the background |
//! | [`base`], [`transition`], [`publish`], [`retention`] | the merged disk, how it changes, what terminals get of it, what goes |
//! | [`chain`], [`views`], [`diff`], [`relist`] | older versions: the way back, looking in, comparing, their list of drivers |
//! | [`verify`], [`findings`] | whether all of it is what it must be |
//! | [`rescue`] | a center from its registered images alone |
//! | [`moving`] | the database to another place |
//! | [`backup`] | the whole center in a directory, and back |
//! | [`drivers`], [`printers`], [`content`], [`archives`], [`versions`], [`files`], [`jobs`] | what people see |
//! | [`leftovers`] | what a process that died has left in `work/` |
//! | [`templates`] | templates, their drivers, what is made from them, a terminal's plan |
//! | [`platform`] | an existing `voi_api` beside the center |
//! | [`terminals`], [`reports`], [`distribution`] | who takes the disk over; what they say; when, and how fast |
//! | [`db`], [`accounts`], [`audit`] | tables, people and their secrets, who changed what |
//!
//! # Notices
//!
//! Beside those of [`db`] and [`accounts`], and of the crates `disk-image`, `disk-patch`, `driver-package`,
//! `image-store`, which pass through:
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `center.busy` | – | a file is being written to the disk |
//! | `center.importing` | `name` (of the file) | it is that of an import, and nobody has tried yet |
//! | `center.merging` | – | a save is running |
//! | `center.restoring` | – | a restore is running |
//! | `center.error_state` | – | state 3: restore first |
//! | `center.not_editing` | – | there is no open edit |
//! | `center.send_task` | – | terminals are being updated |
//! | `center.send_task_runs` | – | the same, before anybody has tried to save |
//! | `center.no_space` | `needed_bytes`, `free_bytes` | the server's disk is too full |
//! | `center.volume_full` | `needed_bytes`, `free_bytes` | the virtual disk is too full |
//! | `center.state_disagrees` | – | records and disk disagree |
//! | `driver.not_found` | – | no such driver |
//! | `driver.not_on_disk` | `name` | an existing platform lists it, and no disk that was taken over has it |
//! | `driver.name_taken` | `name` | another driver has the name |
//! | `driver.name_invalid` | `name`, `limit` | empty, too long, or with control characters |
//! | `driver.file_name_invalid` | `name` | a file of this name would be one that Windows cannot open |
//! | `driver.description_too_long` | `limit` | |
//! | `driver.unknown_system` | `systems` | no system of that number or name |
//! | `driver.in_use` | `name`, `templates` | templates use the driver |
//! | `driver.warning` | `path`, `warning` | something odd about one INF file |
//! | `driver.delete_count` | `limit` | none, or too many, to delete at once |
//! | `template.not_found` | `id` | no such template |
//! | `template.unknown_type` | – | neither 1 nor 2 |
//! | `template.name_invalid` | `limit` | |
//! | `template.name_taken` | `name` | another template has the name |
//! | `template.no_image` | `image` | not in the image store, or one of the center's own |
//! | `template.in_use` | `name`, `desktops` | desktops or scenes are made from it |
//! | `template.count` | `limit` | none, or too many, at once |
//! | `template.wrong_type` | `name` | a desktop of a scene's template, or the other way round |
//! | `template.wrong_driver_type` | `name` | an extracted driver as the universal one, or the other way round |
//! | `template.driver_not_saved` | `name` | the driver is in no version yet |
//! | `template.driver_does_not_fit` | `driver`, `template` | the driver is for other systems |
//! | `desktop.not_found` | `id` | no such desktop or scene |
//! | `desktop.heterogeneous_given` | – | it follows from the template and cannot be set |
//! | `plan.inventory_too_large` | `limit` | more devices or IDs than any machine has |
//! | `plan.no_inventory` | `terminal` | the terminal has not said what is in it |
//! | `printer.not_found` | – | no such printer driver |
//! | `printer.name_taken` | `name` | another printer driver has the name |
//! | `printer.file_name` | – | a file other than the public configuration file is to be changed |
//! | `printer.client_invalid` | `field` | no name or address of a terminal |
//! | `printer.password_needed` | – | a password is kept, and would follow the printer to another host or account |
//! | `printer.password_too_long` | `limit` | |
//! | `printer.password_unreadable` | – | the key of the data directory does not open it |
//! | `disk.is_directory` | `entry` | a file was asked for |
//! | `disk.not_larger` | `present_bytes` | the disk is to grow to a size that it has, or exceeds |
//! | `disk.too_large` | `largest_bytes` | the disk cannot become so large |
//! | `job.not_found` | – | no such job |
//! | `job.ended` | – | it cannot be stopped any more |
//! | `job.cancelled` | – | it was stopped |
//! | `job.interrupted` | – | the server was stopped while it ran |
//! | `upload.failed` | – | an import failed for a reason that no other notice has |
//! | `verify.none` | – | nothing was verified yet |
//! | `operation.not_found` | – | no such operation |
//! | `version.not_found` | `version` | no such version |
//! | `version.note_too_long` | `limit` | |
//! | `version.not_kept` | `version`, `oldest` | its patches went with time |
//! | `version.current` | `version` | it is the present one already |
//! | `version.none_older` | – | there is no older version to go back to |
//! | `version.edit_open` | – | an edit must be saved or discarded first |
//! | `version.send_task` | – | terminals are being updated |
//! | `sync.nothing_published` | – | nothing was saved yet |
//! | `sync.object_gone` | – | an object that is not kept any more |
//! | `sync.bad_range` | – | leaves that do not exist, or too many |
//! | `sync.stale` | – | the disk is another version by now |
//! | `terminal.not_found` | `terminal` | no such terminal |
//! | `terminal.push_count` | – | none, or too many, at once; or names beside a filter |
//! | `terminal.more_fit` | `count` | more are chosen by now than were agreed to be removed |
//! | `terminal.page` | `limit` | pages count from 1, and have as many rows at most |
//! | `terminal.search_too_long` | `limit` | |
//! | `terminal.group_invalid` | `limit` | too long a name, or with control characters |
//! | `distribution.window_count` | `limit` | too many time windows |
//! | `distribution.bad_window` | `from`, `to` | no times of a day, or no days of a week |
//! | `distribution.bad_offset` | – | no clock is so far from UTC |
//! | `distribution.bad_speed` | `limit` | too slow to be of use, or no speed at all |
//! | `terminal.no_group` | `group` | no terminal is in this group |

pub mod accounts;
mod active;
mod archives;
pub mod audit;
pub mod backup;
mod base;
mod center;
mod chain;
mod changes;
mod config;
mod content;
pub mod db;
mod diff;
mod distribution;
mod drivers;
mod edit;
mod edit_lock;
mod edit_undo;
mod files;
mod findings;
mod grow;
mod host;
mod import;
mod jobs;
mod kept_error;
mod leftovers;
pub mod limits;
mod mirror;
pub mod moving;
mod on_disk;
mod operations;
mod package_files;
mod platform;
mod printers;
mod publish;
mod relist;
mod reports;
pub mod rescue;
mod restore;
mod retention;
mod rollback;
mod save;
mod settings;
mod space;
pub mod state;
mod templates;
mod terminals;
mod transition;
mod verify;
mod versions;
mod views;

pub use center::{Center, Explain};
pub use config::{Config, DataDir, Retention};
pub use files::FileStream;
pub use host::{Actor, Fate, Host, Machine, Moment, StepPoint};
pub use import::{Client, Target, Upload};
pub use mirror::{Mirror, Mirrored};
pub use platform::Platform;
pub use terminals::{Chosen, Standings, TerminalQuery};
pub use verify::verify_offline;
