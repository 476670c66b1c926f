//! `/thor/voi`.

mod driver;
mod printer;
