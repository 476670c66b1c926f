//! HTTP: addresses, who may use them, and the forms of answers. A handler is found from its address; the rules of
//! the domain are in the center, never here.

pub(crate) mod answer;
pub(crate) mod api;
pub(crate) mod app;
pub(crate) mod audit;
mod bandwidth;
pub(crate) mod caller;
mod console;
pub(crate) mod extract;
pub(crate) mod failure;
pub(crate) mod health;
mod hear_out;
pub(crate) mod listen;
pub(crate) mod metrics;
pub(crate) mod places;
pub(crate) mod routes;
pub(crate) mod thor;
pub(crate) mod tls;
pub(crate) mod voi_api;
