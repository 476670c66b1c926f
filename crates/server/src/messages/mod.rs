//! What people are told, in Chinese and English: one text for each notice that any part of the program gives.
//!
//! [`text_of`] turns an error into the sentence for a user; its technical chain goes to the log and, beside the
//! sentence, to operators. Texts are data (`texts_*.rs`); tests compare them with the notices that the crates of
//! this workspace document and use.

#[cfg(test)]
mod tests;
mod texts_account;
mod texts_center;
mod texts_client;
mod texts_disk;
mod texts_kind;
mod texts_package;
mod texts_printer;
mod texts_restore;
mod texts_site;
mod texts_template;

use fault::{Error, Kind};
use wording::{Text, Texts};

pub(crate) use wording::{Language, size};

/// What the server and its command line say.
pub(crate) const TEXTS: Texts = Texts(&[
    texts_kind::TEXTS,
    texts_center::TEXTS,
    texts_client::TEXTS,
    texts_disk::TEXTS,
    texts_package::TEXTS,
    texts_printer::TEXTS,
    texts_template::TEXTS,
    texts_account::TEXTS,
    texts_restore::TEXTS,
    texts_site::TEXTS,
]);

/// The sentence for a user. Without a notice it is the error's kind, and its chain where that may help.
pub(crate) fn text_of(error: &Error, language: Language) -> String {
    let text = TEXTS.of_error(language, error);
    let has_words = error.notice().is_some_and(|notice| TEXTS.find(&notice.id).is_some());
    match error.kind() {
        Kind::Invalid | Kind::NotFound | Kind::Conflict if !has_words => {
            format!("{text}{}{error}", language.pick("：", ": "))
        }
        _ => text,
    }
}
