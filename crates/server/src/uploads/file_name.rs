//! The name of an uploaded file, from the three places where clients put it.

use crate::limits::FILE_NAME_CHARS_MAX;
use fault::{Error, Result};

/// The name in a `Content-Disposition` header, of which `filename*` (RFC 8187) wins over `filename`.
pub(crate) fn of_disposition(header: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(header);
    let parameters: Vec<(String, &str)> = split_parameters(&text)
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
        .collect();
    let find = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    let extended = find("filename*").and_then(|value| {
        let encoded =
            value.get(..7).filter(|tag| tag.eq_ignore_ascii_case("utf-8''")).map(|_| &value[7..])?;
        percent_decoded(encoded)
    });
    extended.or_else(|| find("filename").map(unquoted))
}

/// Splits at semicolons that are not within quotes.
fn split_parameters(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |c: char| {
        let is_end = c == ';' && !quoted;
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && !escaped;
        is_end
    })
}

fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => value.to_owned(),
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).ok()
}

/// The value of `key` in a tus `Upload-Metadata` header: base64 of UTF-8.
pub(crate) fn of_tus_metadata(header: &str, key: &str) -> Option<String> {
    let pairs = header.split(',').map(str::trim).filter_map(|pair| pair.split_once(' '));
    let (_, value) = pairs.into_iter().find(|(name, _)| *name == key)?;
    String::from_utf8(base64_decoded(value.trim())?).ok()
}

/// Standard base64; padding may be missing.
fn base64_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0x00ff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

/// The last part of the name as a browser gives it (some give a path), if it can name a file.
pub(super) fn checked(name: Option<String>) -> Result<String> {
    let name =
        name.ok_or_else(|| Error::invalid("upload without a file name").with_notice("upload.no_name"))?;
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let fits = (1..=FILE_NAME_CHARS_MAX).contains(&last.chars().count())
        && !last.chars().any(char::is_control)
        && !matches!(last, "." | "..");
    if fits {
        return Ok(last.to_owned());
    }
    Err(Error::invalid(format!("name of an uploaded file of {} bytes", name.len()))
        .with_notice("upload.name_invalid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_clients_put_them() {
        let of = |header: &str| of_disposition(header.as_bytes());
        assert_eq!(of("attachment; filename=\"a;b.tq\"").as_deref(), Some("a;b.tq"));
        assert_eq!(of("form-data; name=\"file\"; filename=\"q\\\"x.iso\"").as_deref(), Some("q\"x.iso"));
        let both = "attachment; filename=\"x\"; filename*=UTF-8''%E4%B8%87%E8%83%BD.iso";
        assert_eq!(of(both).as_deref(), Some("万能.iso"));
        assert_eq!(of("attachment; filename*=UTF-8''%E4%B"), None);
        assert_eq!(of("attachment"), None);
        let of = |header: &str| of_tus_metadata(header, "filename");
        assert_eq!(of("filetype YQ==,filename 5LiH6IO9Lmlzbw==").as_deref(), Some("万能.iso"));
        assert_eq!(of("filename 5LiH6IO9Lmlzbw").as_deref(), Some("万能.iso"));
        assert_eq!(of("filename a*b"), None);
        assert_eq!(of_tus_metadata("filename YQ==, client_mac Yg==", "client_mac").as_deref(), Some("b"));
    }

    #[test]
    fn only_the_last_part_of_a_path_counts() {
        let of = |name: &str| checked(Some(name.to_owned()));
        assert_eq!(of("C:\\Users\\x\\a.tq").unwrap(), "a.tq");
        assert_eq!(of("../../a.tq").unwrap(), "a.tq");
        for bad in ["", "..", "a/..", "x\ny.tq", &"x".repeat(300)] {
            assert!(of(bad).is_err(), "{bad}");
        }
        assert_eq!(checked(None).unwrap_err().notice().unwrap().id, "upload.no_name");
    }
}
