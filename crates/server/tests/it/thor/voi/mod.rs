//! `/thor/voi`.

mod driver;
