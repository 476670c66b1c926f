//! The error that every library of this workspace returns.
//!
//! An [`Error`] has a coarse [`Kind`], which alone decides status codes, exit codes and retries; a text for
//! the operator, a lowercase fragment that names the object and its value and fits after "cannot"; the chain
//! of what caused it; and, where a user can do something about it, a [`Notice`]: the stable name of a message
//! that user interfaces translate. This crate holds no message texts for users and never prints.

use std::borrow::Cow;
use std::fmt;

/// The result of everything that can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, coarsely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Kind {
    /// What was asked for can never work: bad input, a limit, a wrong type.
    Invalid,
    /// The caller is not known, or may not do this.
    Denied,
    /// The named object does not exist (any more).
    NotFound,
    /// It contradicts the present state: a duplicate name, a stale version.
    Conflict,
    /// Something else is going on; the same request may work later.
    Busy,
    /// Space on a disk, or in an image, does not suffice.
    NoSpace,
    /// A file, a program or a peer cannot be reached; retrying may help.
    Unavailable,
    /// Stored or received bytes are not what they must be.
    Corrupt,
    /// Somebody asked for it to stop.
    Cancelled,
    /// Our own mistake.
    Bug,
}

impl Kind {
    /// Whether the same request may succeed later without anybody changing it.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable)
    }

    /// The exit code of a command that failed so; `docs/command-line.md` explains them.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Bug => 1,
            Self::Invalid => 2,
            Self::Denied => 3,
            Self::Unavailable => 4,
            Self::Corrupt => 5,
            Self::NoSpace => 6,
            Self::Conflict => 7,
            Self::Busy => 8,
            Self::NotFound => 9,
            Self::Cancelled => 130,
        }
    }
}

/// The name and the values of a message for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Notice {
    /// A stable name, such as `package.encrypted`.
    pub id: Cow<'static, str>,
    /// Values that the message mentions, by name.
    pub values: Vec<(Cow<'static, str>, String)>,
}

/// An error with its kind, its text, its causes and perhaps a notice for the user.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    text: String,
    notice: Option<Notice>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

macro_rules! constructors {
    ($($name:ident => $kind:ident),* $(,)?) => {$(
        #[doc = concat!("An error of [`Kind::", stringify!($kind), "`].")]
        pub fn $name(text: impl Into<String>) -> Self {
            Self::new(Kind::$kind, text)
        }
    )*};
}

impl Error {
    /// An error without a cause.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, text: text.into(), notice: None, source: None }))
    }

    constructors! {
        invalid => Invalid, denied => Denied, not_found => NotFound, conflict => Conflict, busy => Busy,
        no_space => NoSpace, unavailable => Unavailable, corrupt => Corrupt, cancelled => Cancelled, bug => Bug,
    }

    /// Names the message that a user is to see.
    #[must_use]
    pub fn with_notice(mut self, id: impl Into<Cow<'static, str>>) -> Self {
        self.0.notice = Some(Notice { id: id.into(), values: Vec::new() });
        self
    }

    /// Adds a value to the notice; without a notice it does nothing.
    #[must_use]
    pub fn with_value(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        if let Some(notice) = &mut self.0.notice {
            notice.values.push((name.into(), value.to_string()));
        }
        self
    }

    /// Keeps what caused this error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same kind and notice one level up, with `text` in front.
    #[must_use]
    pub fn in_context(self, text: impl Into<String>) -> Self {
        let (kind, notice) = (self.0.kind, self.0.notice.clone());
        Self(Box::new(Inner { kind, text: text.into(), notice, source: Some(Box::new(self)) }))
    }

    /// What went wrong, coarsely.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The message for people, if there is one.
    pub fn notice(&self) -> Option<&Notice> {
        self.0.notice.as_ref()
    }
}

impl fmt::Display for Error {
    /// The whole chain in one line: `open /a/b: permission denied`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)?;
        match &self.0.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source.as_ref() as _)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match error.kind() {
            Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => Kind::NoSpace,
            Io::NotFound => Kind::NotFound,
            Io::InvalidData | Io::UnexpectedEof => Kind::Corrupt,
            Io::InvalidInput => Kind::Invalid,
            _ => Kind::Unavailable,
        };
        Self::new(kind, error.to_string())
    }
}

/// Adds context to the error of a result.
pub trait Context<T> {
    /// Puts `text()` in front; the kind and the notice stay.
    fn context<S: Into<String>>(self, text: impl FnOnce() -> S) -> Result<T>;
}

impl<T, E: Into<Error>> Context<T> for std::result::Result<T, E> {
    fn context<S: Into<String>>(self, text: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|error| error.into().in_context(text()))
    }
}

/// An error in the form that crosses a process or network boundary.
#[cfg(feature = "serde")]
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WireError {
    /// See [`Kind`].
    pub kind: Kind,
    /// The whole chain as one line.
    pub text: String,
    /// See [`Notice`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
}

#[cfg(feature = "serde")]
impl From<&Error> for WireError {
    fn from(error: &Error) -> Self {
        Self { kind: error.kind(), text: error.to_string(), notice: error.notice().cloned() }
    }
}

#[cfg(feature = "serde")]
impl From<WireError> for Error {
    fn from(wire: WireError) -> Self {
        Self(Box::new(Inner { kind: wire.kind, text: wire.text, notice: wire.notice, source: None }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_keeps_kind_and_notice_and_reads_as_one_line() {
        let inner = Error::corrupt("entry a.sys: wrong checksum")
            .with_notice("package.damaged")
            .with_value("entry", "a.sys");
        let outer = Err::<(), _>(inner).context(|| "read driver.tq").unwrap_err();
        assert_eq!(outer.kind(), Kind::Corrupt);
        assert_eq!(outer.to_string(), "read driver.tq: entry a.sys: wrong checksum");
        assert_eq!(outer.notice().unwrap().values, [("entry".into(), "a.sys".to_owned())]);
    }

    #[test]
    fn a_full_disk_is_told_apart_from_a_missing_file() {
        let full = Error::from(std::io::Error::from_raw_os_error(28));
        let missing = Error::from(std::io::Error::from(std::io::ErrorKind::NotFound));
        assert_eq!((full.kind(), missing.kind()), (Kind::NoSpace, Kind::NotFound));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_wire_form_survives_a_round_trip() {
        let error = Error::invalid("name CON").with_notice("disk.name_reserved").with_value("entry", "CON");
        let text = serde_json::to_string(&WireError::from(&error)).unwrap();
        let back = Error::from(serde_json::from_str::<WireError>(&text).unwrap());
        assert_eq!(
            (back.kind(), back.to_string(), back.notice()),
            (error.kind(), error.to_string(), error.notice())
        );
    }
}
