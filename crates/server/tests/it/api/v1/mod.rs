//! `/api/v1`, and the addresses for machines that watch.

mod accounts;
mod distribution;
mod edit;
mod events;
mod files;
mod health;
mod sync;
mod terminals;
