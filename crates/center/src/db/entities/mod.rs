//! The tables as types, a module each, named for what a row is.
//!
//! They hold no rules: which rows may be written, and when, is decided in the modules of the domain.

pub mod api_token;
pub mod archive;
pub mod audit;
pub mod base_image;
pub mod desktop;
pub mod driver_device;
pub mod driver_file;
pub mod driver_inf;
pub mod driver_package;
pub mod driver_relation;
pub mod edit;
pub mod edit_session;
pub mod enrolment_token;
pub mod image;
pub mod job;
pub mod operation;
pub mod printer;
pub mod session;
pub mod setting;
pub mod temp_image;
pub mod terminal;
pub mod terminal_history;
pub mod terminal_inventory;
pub mod upload;
pub mod user;
pub mod version;
