//! From the bytes of an INF file to text.
//!
//! In this order: a byte order mark is believed; every second byte being zero means UTF-16; what is valid UTF-8
//! is UTF-8; the rest is in one of the ANSI code pages, which [`super::codepage`] guesses. (Windows itself would
//! take the code page of the machine, which nobody knows here.) Bytes that are no text become U+FFFD.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use super::codepage;
use crate::report::TextEncoding;

pub(super) struct Decoded {
    pub(super) encoding: TextEncoding,
    pub(super) text: String,
    /// Whether bytes were replaced.
    pub(super) replaced: bool,
}

pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let (encoding, body) = match bytes {
        [0xef, 0xbb, 0xbf, body @ ..] => (TextEncoding::Utf8Bom, body),
        [0xff, 0xfe, body @ ..] => (TextEncoding::Utf16LeBom, body),
        [0xfe, 0xff, body @ ..] => (TextEncoding::Utf16BeBom, body),
        _ => (without_mark(bytes), bytes),
    };
    let (text, replaced) = decoder(encoding).decode_without_bom_handling(body);
    Decoded { encoding, text: text.into_owned(), replaced }
}

fn without_mark(bytes: &[u8]) -> TextEncoding {
    if let Some(encoding) = utf16_without_mark(bytes) {
        encoding
    } else if bytes.is_ascii() {
        TextEncoding::Ascii
    } else if std::str::from_utf8(bytes).is_ok() {
        TextEncoding::Utf8
    } else {
        codepage::guess(bytes)
    }
}

/// INF files of any language are for the most part ASCII, so UTF-16 shows in its zero bytes.
fn utf16_without_mark(bytes: &[u8]) -> Option<TextEncoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let (mut low_only, mut high_only, mut units) = (0_usize, 0_usize, 0_usize);
    for unit in sample.chunks_exact(2) {
        units += 1;
        low_only += usize::from(unit[0] != 0 && unit[1] == 0);
        high_only += usize::from(unit[0] == 0 && unit[1] != 0);
    }
    let most = |count: usize, other: usize| count * 3 > units && count > other * 16;
    if most(low_only, high_only) {
        Some(TextEncoding::Utf16Le)
    } else if most(high_only, low_only) {
        Some(TextEncoding::Utf16Be)
    } else {
        None
    }
}

/// The decoder for `encoding`.
pub(super) fn decoder(encoding: TextEncoding) -> &'static encoding_rs::Encoding {
    match encoding {
        TextEncoding::Ascii | TextEncoding::Utf8 | TextEncoding::Utf8Bom => UTF_8,
        TextEncoding::Utf16Le | TextEncoding::Utf16LeBom => UTF_16LE,
        TextEncoding::Utf16Be | TextEncoding::Utf16BeBom => UTF_16BE,
        TextEncoding::Gbk => encoding_rs::GBK,
        TextEncoding::Big5 => encoding_rs::BIG5,
        TextEncoding::ShiftJis => encoding_rs::SHIFT_JIS,
        TextEncoding::EucKr => encoding_rs::EUC_KR,
        TextEncoding::Windows1250 => encoding_rs::WINDOWS_1250,
        TextEncoding::Windows1251 => encoding_rs::WINDOWS_1251,
        TextEncoding::Windows1252 => encoding_rs::WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], encoding: TextEncoding, text: &str, replaced: bool) {
        let decoded = decode(bytes);
        assert_eq!((decoded.encoding, decoded.text.as_str(), decoded.replaced), (encoding, text, replaced));
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn marks_are_believed() {
        check(b"\xef\xbb\xbf[A]", TextEncoding::Utf8Bom, "[A]", false);
        check(&utf16("\u{feff}[灯]", u16::to_le_bytes), TextEncoding::Utf16LeBom, "[灯]", false);
        check(&utf16("\u{feff}[灯]", u16::to_be_bytes), TextEncoding::Utf16BeBom, "[灯]", false);
    }

    #[test]
    fn zero_bytes_show_utf16_without_a_mark() {
        let text = "[Strings]\r\nName=\"灯塔设备\"\r\n";
        check(&utf16(text, u16::to_le_bytes), TextEncoding::Utf16Le, text, false);
        check(&utf16(text, u16::to_be_bytes), TextEncoding::Utf16Be, text, false);
        check(b"[A]\0b=c", TextEncoding::Ascii, "[A]\0b=c", false);
    }

    #[test]
    fn broken_text_is_replaced_and_said_so() {
        check(b"\xef\xbb\xbfa\xff", TextEncoding::Utf8Bom, "a\u{fffd}", true);
        check(b"\xff\xfe[\0V\0e", TextEncoding::Utf16LeBom, "[V\u{fffd}", true);
        check(b"", TextEncoding::Ascii, "", false);
    }

    #[test]
    fn valid_utf8_needs_no_mark() {
        check("Größe 灯塔".as_bytes(), TextEncoding::Utf8, "Größe 灯塔", false);
    }
}
