//! The form in which names of terminals are compared and sorted, and what is searched.

/// Characters of a key; a name has no more than half as many.
const KEY_CHARS_MAX: usize = 128;
/// Characters of what is searched: a key, a MAC address and an address.
const SEARCH_CHARS_MAX: usize = 200;
/// Digits from which on the beginning of an id is searched for: shorter ones are in too many ids by chance.
const ID_DIGITS_MIN: usize = 4;
/// Length of an id.
const ID_CHARS: usize = 36;

/// Text in lower case, each character by itself: a part of a text is found in the text. So the sigma that ends a word is
/// like the others.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// A name as names are compared and sorted.
pub(crate) fn name_key(name: &str) -> String {
    fold(name).chars().take(KEY_CHARS_MAX).collect()
}

/// What is searched. A line break is in none of the parts, nor in what people search for.
pub(crate) fn search_text(name: &str, mac: &str, address: Option<&str>) -> String {
    let text = format!("{}\n{mac}\n{}", name_key(name), fold(address.unwrap_or_default()));
    text.chars().take(SEARCH_CHARS_MAX).collect()
}

/// What a person searches for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Needle {
    /// Parts of [`search_text`], each of which will do.
    pub(super) parts: Vec<String>,
    /// The beginning of an id.
    pub(super) id: Option<String>,
}

impl Needle {
    /// Nothing where only spaces are given.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = fold(text.trim());
        if text.is_empty() {
            return None;
        }
        let id = id_beginning(&text).filter(|digits| digits.len() >= ID_DIGITS_MIN);
        let mac = mac_digits(&text);
        Some(Self { id, parts: std::iter::once(text).chain(mac).collect() })
    }
}

/// The text, if an id can begin so.
pub(super) fn id_beginning(text: &str) -> Option<String> {
    let is_one = (1..=ID_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_one.then(|| text.to_ascii_lowercase())
}

/// The digits of a MAC address, or a part of one, that is written with separators.
fn mac_digits(text: &str) -> Option<String> {
    let separator = text.chars().find(|c| matches!(c, ':' | '-' | '.'))?;
    let digits = if separator == '.' { 4 } else { 2 };
    let groups: Vec<&str> = text.split(separator).collect();
    let inner = groups.get(1..groups.len() - 1).unwrap_or_default();
    let is_one = groups.iter().all(|group| {
        group.len() <= digits && group.bytes().all(|byte| byte.is_ascii_hexdigit())
    }) && inner.iter().all(|group| group.len() == digits)
        // `10.1` is the beginning of an address, `-01` the end of a name.
        && groups.iter().any(|group| group.len() == digits)
        && (separator == ':' || groups.iter().filter(|group| !group.is_empty()).count() > 1);
    Some(groups.concat()).filter(|digits| is_one && !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<String> {
        Needle::of(text).unwrap().parts
    }

    #[test]
    fn a_mac_address_is_found_however_it_is_written() {
        for text in ["00:1A:2b", "00-1a-2b", "001A.2B"] {
            assert_eq!(parts(text)[1], "001a2b", "{text}");
        }
        assert_eq!(parts("1a:2b:3")[1], "1a2b3");
        assert_eq!(parts("1a-2b-")[1], "1a2b");
        for text in [
            "001a2b",
            "10.1.2.3",
            "10.20",
            "pc-01",
            "a:b",
            "00:1a2:b",
            "1.2:3",
            "-",
            "-01",
            "b2-",
            ":::",
            "12.34.5678",
        ] {
            assert_eq!(parts(text), [text], "{text}");
        }
    }

    #[test]
    fn the_beginning_of_an_id_has_four_digits() {
        let id = |text: &str| Needle::of(text).unwrap().id;
        assert_eq!(id("5D0E").as_deref(), Some("5d0e"));
        assert_eq!(id("5d0ea9f2-0d6e-4fe9-a16d-908414a8060d").as_deref().map(str::len), Some(ID_CHARS));
        for text in ["5d0", "pc01", "5d0ea9f2-0d6e-4fe9-a16d-908414a8060d0", "5d0e_", "一二三四"] {
            assert_eq!(id(text), None, "{text}");
        }
    }

    #[test]
    fn case_is_no_matter_in_any_alphabet_and_no_key_is_too_long() {
        assert_eq!(fold("ΟΔΟΣ Ä"), fold("οδος ä"));
        let long = name_key(&"İ".repeat(255));
        assert_eq!(long.chars().count(), KEY_CHARS_MAX);
        assert!(
            search_text(&"İ".repeat(255), "001a2b3c4d5e", Some(&"a".repeat(64))).chars().count()
                <= SEARCH_CHARS_MAX
        );
        assert_eq!(Needle::of(" \t"), None);
    }
}
