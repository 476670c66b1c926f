//! Integration tests of driver-package.

mod inf;

// The attribute tells the lints that helpers in these modules are test code too.
#[cfg(test)]
mod archives;
#[cfg(test)]
mod printer;
#[cfg(test)]
mod process;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod support;
