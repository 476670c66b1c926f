//! `/thor/voi/printer`.

mod edit;
mod upload;
