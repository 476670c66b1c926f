//! One file per command: its arguments, and `run`, which asks the server and shows the answer.

pub(super) mod auto_update;
pub(super) mod cancel;
pub(super) mod cat;
pub(super) mod delete;
pub(super) mod discard;
pub(super) mod edit;
pub(super) mod enrolment_token;
pub(super) mod files;
pub(super) mod import;
pub(super) mod jobs;
pub(super) mod list;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod metrics;
pub(super) mod printer;
pub(super) mod push;
pub(super) mod restore;
pub(super) mod save;
pub(super) mod set;
pub(super) mod show;
pub(super) mod status;
pub(super) mod template;
pub(super) mod terminals;
pub(super) mod token;
pub(super) mod verify;
pub(super) mod versions;
