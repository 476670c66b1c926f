//! Names of people, tokens and terminals.

use fault::{Error, Result};

use super::limits;

/// The name of a user as it is stored: no case, no spaces around it.
pub(super) fn user_name(text: &str) -> Result<String> {
    let name = text.trim().to_lowercase();
    if name.contains(char::is_whitespace) { Err(invalid()) } else { label(&name) }
}

/// Any name that people are shown.
pub(super) fn label(text: &str) -> Result<String> {
    let name = text.trim();
    let is_good = !name.is_empty()
        && name.chars().count() <= limits::NAME_CHARS_MAX
        && !name.contains(char::is_control);
    if is_good { Ok(name.to_owned()) } else { Err(invalid()) }
}

fn invalid() -> Error {
    let error =
        Error::invalid("take an empty or overlong name, or one with control characters or inner spaces");
    error.with_notice("account.name_invalid").with_value("maximum", limits::NAME_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_have_no_case_and_no_spaces() {
        assert_eq!(user_name(" Admin ").unwrap(), "admin");
        assert_eq!(user_name("管理员").unwrap(), "管理员");
        for bad in ["", "  ", "a b", "a\u{3000}b", "a\0", &"x".repeat(65)] {
            assert!(user_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn labels_may_have_spaces() {
        assert_eq!(label("PC 1 ").unwrap(), "PC 1");
        assert!(
            label("a\nb").is_err() && label(&"名".repeat(64)).is_ok() && label(&"名".repeat(65)).is_err()
        );
    }
}
