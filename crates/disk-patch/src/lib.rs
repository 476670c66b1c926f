//! The identity of a disk file, and patches on it.
