//! `/thor`.

mod voi;
