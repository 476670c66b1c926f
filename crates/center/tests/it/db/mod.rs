//! The schema and how a connection behaves.

mod connection;
mod rows;
mod schema;
