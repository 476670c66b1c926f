//! `/thor/voi`.

mod driver;
mod printer;
mod templates;
