//! Blocking HTTP with one place for authentication, limits and errors.
