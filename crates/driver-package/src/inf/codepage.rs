//! Guesses the ANSI code page of a text.
//!
//! Each candidate reads the lines that have bytes above 0x7f and gets points for what is common in its languages
//! (everyday ideographs, kana, accented letters inside words) and loses points for what is rare or impossible; the
//! best average wins. The thresholds are chosen so that short texts, often only a vendor's name, come out right;
//! in doubt GBK goes before the others, as that is where the users are. A file whose only translated section is, say,
//! `[Strings.0411]` gives a hint of its own.
//!
//! A short text in a central European language without letters that only code page 1250 has is taken for 1252.

use super::encoding::decoder;
use super::strings::LanguageId;
use crate::report::TextEncoding as Encoding;

/// So many bytes of lines with text beyond ASCII are looked at.
const SAMPLE_BYTES: usize = 64 << 10;

/// In the order of preference among equals.
const CANDIDATES: [Encoding; 7] = [
    Encoding::Gbk,
    Encoding::Windows1252,
    Encoding::Big5,
    Encoding::ShiftJis,
    Encoding::EucKr,
    Encoding::Windows1251,
    Encoding::Windows1250,
];

const IMPOSSIBLE: i64 = -30;
/// A single ideograph between two ASCII letters is rather an accented letter of a word.
const INSIDE_A_WORD: i64 = -8;
const COMMON: i64 = 6;
/// Per byte; settles what letters alone leave open.
const LANGUAGE_HINT: i64 = 3;

/// Everyday ideographs and those of driver packages, by language.
const COMMON_SIMPLIFIED: &str = "打印机驱动程序设备公司科技有限网络显示声卡控制器接口系统安装文件软信息股份标准通用键盘鼠摄像头串无线\
蓝牙扫描仪磁存储适配管理视频音电脑数据服务版本中国北京深圳上海的一是不了在人我他这灯塔为来以麒麟";
const COMMON_TRADITIONAL: &str = "印表機驅動程式裝置公司科技有限網路顯示音效控制器介面系統安裝檔案軟體資訊股份標準通用鍵盤滑鼠攝影序列埠\
無線藍牙掃描磁碟儲存管理視電腦料服務版本台灣中國的一是不了在人我他這設備燈塔為來以";
const COMMON_KOREAN: &str = "드라이버프린터장치컴퓨네트워크제어기시스템설파일소웨표준키보마우무선의은는가을를에한국인지도로서하고다사용자\
데대전신";

/// The most likely code page of `bytes`, which are no UTF.
pub(super) fn guess(bytes: &[u8]) -> Encoding {
    let sample = sample(bytes);
    let high = sample.iter().filter(|byte| !byte.is_ascii()).count() as i64;
    let hint = hint(bytes);
    let mut best = (Encoding::Windows1252, 0);
    for candidate in CANDIDATES {
        let mut points = score(candidate, &sample);
        if hint == Some(candidate) {
            points += high * LANGUAGE_HINT;
        }
        if points > best.1 {
            best = (candidate, points);
        }
    }
    best.0
}

/// The lines with bytes above 0x7f. No code page has a line feed as the second half of a character.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_ascii()) {
        let room = SAMPLE_BYTES - sample.len();
        sample.extend_from_slice(&line[..line.len().min(room)]);
        if sample.len() >= SAMPLE_BYTES {
            break;
        }
        sample.push(b'\n');
    }
    sample
}

/// What the one language of the translated sections says, if there is exactly one.
fn hint(bytes: &[u8]) -> Option<Encoding> {
    const PREFIX: &[u8] = b"[strings.";
    let mut found = None;
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii();
        let is_strings = line.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
        let language = line.get(PREFIX.len()..).filter(|_| is_strings).and_then(language);
        match (language.map(code_page), found) {
            (Some(new), Some(old)) if new != old => return None,
            (Some(new), _) => found = Some(new),
            (None, _) => {}
        }
    }
    found
}

fn language(rest: &[u8]) -> Option<LanguageId> {
    let end = rest.iter().position(|&byte| byte == b']')?;
    LanguageId::from_hex(std::str::from_utf8(&rest[..end]).ok()?)
}

fn code_page(language: LanguageId) -> Encoding {
    match (language.0, language.0 & 0x03ff) {
        (0x0404 | 0x0c04 | 0x1404 | 0x7c04, _) => Encoding::Big5,
        (_, 0x04) => Encoding::Gbk,
        (_, 0x11) => Encoding::ShiftJis,
        (_, 0x12) => Encoding::EucKr,
        (_, 0x02 | 0x19 | 0x22 | 0x23) => Encoding::Windows1251,
        (_, 0x05 | 0x0e | 0x15 | 0x18 | 0x1b | 0x24) => Encoding::Windows1250,
        _ => Encoding::Windows1252,
    }
}

fn score(candidate: Encoding, sample: &[u8]) -> i64 {
    match candidate {
        Encoding::Gbk => double_byte(sample, gbk) + common(candidate, sample, COMMON_SIMPLIFIED),
        Encoding::Big5 => double_byte(sample, big5) + common(candidate, sample, COMMON_TRADITIONAL),
        Encoding::ShiftJis => double_byte(sample, shift_jis),
        Encoding::EucKr => double_byte(sample, euc_kr) + common(candidate, sample, COMMON_KOREAN),
        Encoding::Windows1251 => single_byte(sample, cyrillic),
        Encoding::Windows1250 => single_byte(sample, central),
        _ => single_byte(sample, western),
    }
}

fn common(candidate: Encoding, sample: &[u8], table: &str) -> i64 {
    let (text, _) = decoder(candidate).decode_without_bom_handling(sample);
    text.chars().filter(|c| !c.is_ascii() && table.contains(*c)).count() as i64 * COMMON
}

/// What a code page makes of a byte above 0x7f and the one behind it.
enum Pair {
    /// A character of one byte.
    Single(i64),
    /// A character of two.
    Double(i64),
    Impossible,
}

fn double_byte(sample: &[u8], judge: fn(u8, u8) -> Pair) -> i64 {
    let mut points = 0;
    let mut at = 0;
    // Where the last character of two bytes ended: its second byte is no letter before the next.
    let mut end = 0;
    while let Some(&lead) = sample.get(at) {
        if lead.is_ascii() {
            at += 1;
            continue;
        }
        let (length, value) = match judge(lead, sample.get(at + 1).copied().unwrap_or(0)) {
            Pair::Single(value) => (1, value),
            Pair::Double(value) => (2, value),
            Pair::Impossible => (1, IMPOSSIBLE),
        };
        let letter = |index: usize| sample.get(index).is_some_and(u8::is_ascii_alphabetic);
        let (before, after) = (at > end && letter(at - 1), letter(at + length));
        // The second byte may be a letter itself: then it is enough that another one touches the pair.
        let inside = before && after || length == 2 && letter(at + 1) && (before || after);
        points += if inside { value.min(0) + INSIDE_A_WORD } else { value };
        at += length;
        end = at;
    }
    points
}

fn gbk(lead: u8, trail: u8) -> Pair {
    match (lead, trail) {
        (0xb0..=0xd7, 0xa1..=0xfe) => Pair::Double(10), // GB 2312, first level
        (0xa1..=0xa3, 0xa1..=0xfe) => Pair::Double(5),  // punctuation, wide letters
        (0xd8..=0xf7, 0xa1..=0xfe) => Pair::Double(1),  // GB 2312, second level
        (0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe) => Pair::Double(-5),
        _ => Pair::Impossible,
    }
}

fn big5(lead: u8, trail: u8) -> Pair {
    match (lead, trail) {
        (0xa4..=0xc6, 0x40..=0x7e | 0xa1..=0xfe) => Pair::Double(10), // first level
        (0xa1..=0xa3, 0x40..=0x7e | 0xa1..=0xfe) => Pair::Double(5),
        (0xc9..=0xf9, 0x40..=0x7e | 0xa1..=0xfe) => Pair::Double(1),
        _ => Pair::Impossible,
    }
}

fn shift_jis(lead: u8, trail: u8) -> Pair {
    match (lead, trail) {
        (0xa1..=0xdf, _) => Pair::Single(-2), // katakana of half width
        (0x82, 0x9f..=0xf1) | (0x83, 0x40..=0x7e | 0x80..=0x96) => Pair::Double(12), // kana
        (0x81, 0x40..=0x7e | 0x80..=0xfc) | (0x82, 0x4f..=0x9a) => Pair::Double(5),
        (0x88..=0x97, 0x40..=0x7e | 0x80..=0xfc) => Pair::Double(9), // first level
        (0x98..=0x9f | 0xe0..=0xea, 0x40..=0x7e | 0x80..=0xfc) => Pair::Double(1),
        (0x84..=0x87 | 0xeb..=0xfc, 0x40..=0x7e | 0x80..=0xfc) => Pair::Double(-5),
        _ => Pair::Impossible,
    }
}

fn euc_kr(lead: u8, trail: u8) -> Pair {
    match (lead, trail) {
        (0xb0..=0xc8, 0xa1..=0xfe) => Pair::Double(10), // hangul
        (0xa1..=0xa3, 0xa1..=0xfe) => Pair::Double(5),
        (0xa4..=0xfd, 0xa1..=0xfe) | (0x81..=0xc6, 0x41..=0x5a | 0x61..=0x7a | 0x81..=0xa0) => {
            Pair::Double(-4)
        }
        _ => Pair::Impossible,
    }
}

/// What a code page makes of a byte above 0x7f between its neighbours.
fn single_byte(sample: &[u8], judge: fn(u8, u8, u8) -> i64) -> i64 {
    let byte = |index: usize| sample.get(index).copied().unwrap_or(b'\n');
    (0..sample.len())
        .filter(|&at| !sample[at].is_ascii())
        .map(|at| judge(if at == 0 { b'\n' } else { byte(at - 1) }, byte(at), byte(at + 1)))
        .sum()
}

/// In the languages of western Europe, accented letters stand alone or in pairs, between plain ones.
fn western(before: u8, byte: u8, after: u8) -> i64 {
    let plain = |byte: u8| byte.is_ascii_alphabetic();
    let accented = |byte: u8| byte >= 0xc0 && byte != 0xd7 && byte != 0xf7;
    match byte {
        0x81 | 0x8d | 0x8f | 0x90 | 0x9d => IMPOSSIBLE,
        _ if accented(byte) || matches!(byte, 0x8a | 0x8c | 0x8e | 0x9a | 0x9c | 0x9e | 0x9f) => {
            let after_small = before.is_ascii_lowercase() && (0xc0..0xdf).contains(&byte);
            match (before.is_ascii(), after.is_ascii()) {
                _ if after_small => -4,
                (true, true) => 8,
                (true, false) if plain(before) && accented(after) => 3,
                (false, true) if plain(after) && accented(before) => 3,
                _ => -6,
            }
        }
        // ’ “ ” • – — ™ © ® ° ± µ · and the blank that does not break
        0x91..=0x97 | 0x99 | 0xa0 | 0xa9 | 0xae | 0xb0 | 0xb1 | 0xb5 | 0xb7
            if before.is_ascii() && after.is_ascii() =>
        {
            7
        }
        _ if before.is_ascii() && after.is_ascii() && !(plain(before) && plain(after)) => 3,
        _ => -6,
    }
}

/// Like [`western`], but with the letters of Slavic languages where code page 1252 has signs.
fn central(before: u8, byte: u8, after: u8) -> i64 {
    let in_word = before.is_ascii_alphabetic() || after.is_ascii_alphabetic();
    match byte {
        0x81 | 0x83 | 0x88 | 0x90 | 0x98 => IMPOSSIBLE,
        0x8d | 0x8f | 0x9d | 0xa3 | 0xa5 | 0xaa | 0xaf | 0xb3 | 0xb9 | 0xba | 0xbc | 0xbe | 0xbf
            if in_word =>
        {
            8
        }
        _ => western(before, byte, after),
    }
}

/// In Cyrillic text whole words are above 0x7f: a capital begins them, or all are capitals.
fn cyrillic(before: u8, byte: u8, _after: u8) -> i64 {
    let small = |byte: u8| byte >= 0xe0 || matches!(byte, 0xb3 | 0xb8 | 0xba | 0xbf);
    let capital = |byte: u8| (0xc0..0xe0).contains(&byte) || matches!(byte, 0xa8 | 0xaa | 0xaf | 0xb2);
    match byte {
        0x98 => IMPOSSIBLE,
        _ if (small(byte) || capital(byte)) && before.is_ascii_alphabetic() => -6,
        _ if capital(byte) && small(before) => -8,
        // а е и н о р с т, small and capital
        0xe0 | 0xe5 | 0xe8 | 0xed | 0xee | 0xf0..=0xf2 | 0xc0 | 0xc5 | 0xc8 | 0xcd | 0xce | 0xd0..=0xd2 => 7,
        _ if small(byte) || capital(byte) => 5,
        0x93 | 0x94 | 0x96 | 0x97 | 0xa0 | 0xa9 | 0xab | 0xae | 0xb9 | 0xbb => 2,
        _ => -4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(encoding: Encoding, text: &str) {
        let (bytes, _, lossy) = decoder(encoding).encode(text);
        assert!(!lossy, "{text} is not in {encoding}");
        assert_eq!(guess(&bytes), encoding, "{text}");
    }

    #[test]
    fn chinese() {
        for text in [
            "\"灯塔设备\"",
            "Name=\"测试厂商\"",
            "奔图 测试打印机",
            "惠普",
            "USB打印机",
            "银河麒麟",
            "北京华捷艾米科技有限公司",
        ] {
            check(Encoding::Gbk, text);
        }
        for text in ["燈塔設備", "\"印表機驅動程式\"", "網路介面卡", "華碩電腦股份有限公司"]
        {
            check(Encoding::Big5, text);
        }
    }

    #[test]
    fn japanese_and_korean() {
        for text in
            ["灯台デバイス", "プリンター", "ネットワーク アダプター", "日本語のドライバ", "標準のマウスです"]
        {
            check(Encoding::ShiftJis, text);
        }
        for text in ["등대 장치", "프린터 드라이버", "네트워크 어댑터", "삼성전자 프린터"]
        {
            check(Encoding::EucKr, text);
        }
    }

    #[test]
    fn western_and_central_europe() {
        for text in [
            "Intel® Gerät",
            "für Größe",
            "Périphérique réseau",
            "Configuração",
            "Acme™ printer",
            "Español años",
            "©2024",
        ] {
            check(Encoding::Windows1252, text);
        }
        for text in ["Urządzenie sieciowe, połączenie", "książka główna"] {
            check(Encoding::Windows1250, text);
        }
    }

    #[test]
    fn russian() {
        for text in ["Маяк", "Сетевой адаптер", "Драйвер принтера", "УСТРОЙСТВО"]
        {
            check(Encoding::Windows1251, text);
        }
    }

    #[test]
    fn a_single_translated_section_settles_what_is_open() {
        let (bytes, ..) = encoding_rs::WINDOWS_1250.encode("[Strings.0405]\r\na=\"Zařízení\"\r\n");
        assert_eq!(guess(&bytes), Encoding::Windows1250);
    }

    #[test]
    fn noise_is_western() {
        assert_eq!(guess(&[0x81, 0x20, 0xff, 0x20, 0x8d, 0x0a]), Encoding::Windows1252);
    }
}
