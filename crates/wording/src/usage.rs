//! What is wrong with a command line, in Chinese; in English clap says it itself.

use crate::{Language, clean};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error as _;
use std::ffi::OsString;
use std::io::Write as _;

/// The arguments of this program. One that cannot be understood is told why, in the language that it asks for or else
/// in `language`, and ends as with clap.
pub fn parse<A: clap::Parser>(language: impl FnOnce() -> Language) -> A {
    A::try_parse().unwrap_or_else(|error| {
        let language = asked_language(std::env::args_os()).unwrap_or_else(language);
        let Some(text) = usage(&error, language) else { error.exit() };
        // Whoever closed the output does not want to know.
        drop(std::io::stderr().write_all(text.as_bytes()));
        std::process::exit(error.exit_code())
    })
}

/// The language that a command line asks for by `--lang`, also where it cannot be understood otherwise.
fn asked_language(words: impl IntoIterator<Item = OsString>) -> Option<Language> {
    let mut words = words.into_iter().map(|word| word.to_string_lossy().into_owned());
    let asked = words.find_map(|word| match word.as_str() {
        "--lang" => Some(None),
        _ => word.strip_prefix("--lang=").map(|value| Some(value.to_owned())),
    })?;
    let value = asked.or_else(|| words.next())?;
    clap::ValueEnum::from_str(&value, false).ok()
}

/// What to say of a command line that was not understood; `None` where clap's own text is the right one: for help, the
/// version, and whoever reads English.
fn usage(error: &clap::Error, language: Language) -> Option<String> {
    if language == Language::English || !error.use_stderr() {
        return None;
    }
    let mut lines = vec![format!("错误：{}", reason(error)?)];
    lines.extend(hint(error).map(|hint| format!("  {hint}")));
    let usage = context(error, ContextKind::Usage);
    lines.extend(usage.map(|usage| format!("\n用法：{}", usage.trim_start_matches("Usage:").trim_start())));
    lines.push("\n各选项的说明：--help\n".to_owned());
    Some(lines.join("\n"))
}

fn reason(error: &clap::Error) -> Option<String> {
    let of = |kind| context(error, kind).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    Some(match error.kind() {
        ErrorKind::UnknownArgument => format!("没有“{argument}”这个参数"),
        ErrorKind::InvalidSubcommand => format!("没有“{}”这个命令", of(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("缺少 {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("“{argument}”需要一个值"),
        ErrorKind::InvalidValue => format!("“{argument}”的值“{value}”无效"),
        ErrorKind::ValueValidation => {
            let cause = error.source().map(|cause| format!("：{}", clean(&cause.to_string())));
            format!("“{argument}”的值“{value}”无效{}", cause.unwrap_or_default())
        }
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            prior if prior == argument => format!("“{argument}”只能出现一次"),
            prior => format!("“{argument}”不能与“{prior}”同时使用"),
        },
        ErrorKind::TooManyValues => format!("“{argument}”的值“{value}”是多余的"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("“{argument}”的值的个数不对"),
        ErrorKind::NoEquals => format!("“{argument}”与它的值之间需要“=”"),
        ErrorKind::InvalidUtf8 => "参数不是有效的 UTF-8 文本".to_owned(),
        _ => return None,
    })
}

fn hint(error: &clap::Error) -> Option<String> {
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let near = near.into_iter().find_map(|kind| context(error, kind));
    let valid = || context(error, ContextKind::ValidValue).map(|values| format!("可用的值：{values}"));
    near.map(|near| format!("是否想用“{near}”？")).or_else(valid)
}

/// What clap knows of an error, several separated in Chinese.
fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(clean(text)),
        ContextValue::Strings(texts) if !texts.is_empty() => {
            Some(texts.iter().map(|text| clean(text)).collect::<Vec<_>>().join("、"))
        }
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    #[command(name = "tool")]
    struct Tool {
        #[arg(long)]
        name: Option<String>,
        #[arg(long, conflicts_with = "name")]
        all: bool,
        #[arg(long, value_parser = clap::value_parser!(u8).range(1..))]
        limit: Option<u8>,
        #[arg(long)]
        lang: Option<Language>,
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Debug, clap::Subcommand)]
    enum Command {
        Show { what: String },
    }

    fn said(line: &str) -> String {
        let error = Tool::try_parse_from(line.split(' ')).unwrap_err();
        assert_eq!(usage(&error, Language::English), None, "{line}");
        usage(&error, Language::Chinese).unwrap_or_else(|| panic!("{line}: {error}"))
    }

    #[test]
    fn what_is_wrong_is_said_in_chinese_with_what_would_be_right() {
        let cases = [
            ("tool --nam x show a", "没有“--nam”这个参数", "是否想用“--name”？"),
            ("tool shw a", "没有“shw”这个命令", "是否想用“show”？"),
            ("tool show", "缺少 <WHAT>", "用法：tool show <WHAT>"),
            ("tool --lang xx show a", "“--lang <LANG>”的值“xx”无效", "可用的值：zh、en"),
            ("tool --name", "“--name <NAME>”需要一个值", ""),
            ("tool --limit 0 show a", "“--limit <LIMIT>”的值“0”无效：", ""),
            ("tool --all --name x show a", "不能与", "用法："),
            ("tool --all --all show a", "“--all”只能出现一次", ""),
        ];
        for (line, reason, more) in cases {
            let text = said(line);
            assert!(text.contains(reason) && text.contains(more), "{line}: {text}");
            assert!(text.ends_with("--help\n"), "{line}: {text}");
        }
    }

    #[test]
    fn help_and_version_stay_as_they_are() {
        let error = Tool::try_parse_from(["tool", "--help"]).unwrap_err();
        assert_eq!(usage(&error, Language::Chinese), None);
    }

    #[test]
    fn the_language_is_found_on_a_line_that_is_not_understood() {
        let of = |line: &str| asked_language(line.split(' ').map(OsString::from));
        assert_eq!(of("tool --bad --lang en"), Some(Language::English));
        assert_eq!(of("tool --lang=zh --bad"), Some(Language::Chinese));
        assert_eq!(of("tool --lang"), None);
        assert_eq!(of("tool --lang=xx --lang en"), None);
        assert_eq!(of("tool"), None);
    }
}
