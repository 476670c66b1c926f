//! The languages.

/// A language that users are spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// 中文
    #[default]
    #[value(name = "zh")]
    Chinese,
    /// English
    #[value(name = "en")]
    English,
}

impl Language {
    /// The best fitting language of an `Accept-Language` header; Chinese when it names neither.
    pub fn of_header(header: &str) -> Self {
        let mut best = (0.0, Self::default());
        for range in header.split(',').take(32) {
            let (tag, quality) = match range.split_once(";q=") {
                Some((tag, quality)) => (tag, quality.trim().parse::<f32>().unwrap_or(0.0)),
                None => (range, 1.0),
            };
            match Self::of_tag(tag.trim()) {
                Some(language) if quality > best.0 => best = (quality, language),
                _ => {}
            }
        }
        best.1
    }

    /// The language of the terminal that a command runs in.
    pub fn of_environment() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        Self::of_locale(&locale.unwrap_or_default())
    }

    /// From a locale such as `en_US.UTF-8` or `zh-CN`: Chinese unless it names another language; `C` and `POSIX` name
    /// none.
    pub fn of_locale(locale: &str) -> Self {
        match locale.split(['_', '.', '-', '@']).next() {
            None | Some("" | "C" | "POSIX" | "zh") => Self::Chinese,
            Some(_) => Self::English,
        }
    }

    fn of_tag(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// For `Accept-Language` and `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The text of this language.
    pub fn pick<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_best_of_the_header() {
        let of = Language::of_header;
        assert_eq!(of("en-US,en;q=0.9,zh;q=0.8"), Language::English);
        assert_eq!(of("fr, zh-CN;q=0.8, en;q=0.5"), Language::Chinese);
        assert_eq!(of("zh;q=0.5, en;q=0.7"), Language::English);
        assert_eq!(of("fr"), Language::Chinese);
        assert_eq!(of(""), Language::Chinese);
        assert_eq!(of("é,;q=x,\u{1f600}"), Language::Chinese);
    }

    #[test]
    fn the_language_of_a_terminal_is_chinese_unless_its_locale_names_another() {
        let of = Language::of_locale;
        for chinese in ["", "C", "POSIX", "C.UTF-8", "zh_CN.UTF-8", "zh-TW", "zh"] {
            assert_eq!(of(chinese), Language::Chinese, "{chinese}");
        }
        for other in ["en_US.UTF-8", "en", "en-GB", "de_DE@euro", "fr"] {
            assert_eq!(of(other), Language::English, "{other}");
        }
    }
}
