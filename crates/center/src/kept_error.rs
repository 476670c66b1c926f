//! How a column keeps the error that ended something: its kind, its technical chain and its notice, so that whoever
//! reads it later is told in a language of their own.

use fault::{Error, WireError};

/// The error as a column keeps it.
pub(crate) fn write(error: &Error) -> String {
    serde_json::to_string(&WireError::from(error)).unwrap_or_else(|_| error.to_string())
}

/// The error that [`write`] wrote. Any other text, as earlier programs kept it, is the chain of an unknown error.
pub(crate) fn read(text: &str) -> Error {
    serde_json::from_str::<WireError>(text).map_or_else(|_| Error::bug(text), Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fault::Kind;

    #[test]
    fn an_error_is_kept_whole() {
        let error = Error::no_space("write pack 3").with_notice("disk.full").with_value("needed_bytes", 5);
        let kept = read(&write(&error));
        assert_eq!((kept.kind(), kept.to_string()), (Kind::NoSpace, error.to_string()));
        assert_eq!(kept.notice(), error.notice());
    }

    #[test]
    fn a_text_of_an_earlier_program_is_its_chain() {
        assert_eq!(read("seal: disk full").to_string(), "seal: disk full");
    }
}
