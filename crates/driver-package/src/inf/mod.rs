//! INF files: what SetupAPI would read in them.
//!
//! [`parse`] takes the bytes of a file from an archive, of whatever encoding and origin, and gives an [`Inf`];
//! [`Inf::report`] says what it means. Neither follows `Include`, opens other files or installs anything, and
//! neither runs longer than in proportion to the size of the file and the [`Limits`].
//!
//! Only what makes a file useless as a whole is an error. All else is a warning in the report, as packages of real
//! vendors are full of oddities that Windows tolerates.
//!
//! | notice | values | meaning |
//! | --- | --- | --- |
//! | `inf.too_large` | `size_bytes`, `limit_bytes` | error: the file is larger than any INF file needs to be |
//! | `inf.too_complex` | `what` (`lines`, `fields`, `sections`), `limit` | error: more of them than any INF file needs |
//! | `inf.unreadable` | – | the file could not be read for another reason |
//! | `inf.not_a_driver` | – | there is no `[Version]` section with a signature |
//! | `inf.bad_text` | `encoding` | some bytes are no text in this encoding; they were replaced |
//! | `inf.line_outside_section` | `line` | text before the first section was ignored |
//! | `inf.section_not_closed` | `line` | a section name lacks its `]` |
//! | `inf.token_undefined` | `token` | `%token%` is not in `[Strings]` |
//! | `inf.date_invalid` | `date` | the date of `DriverVer` is none |
//! | `inf.version_invalid` | `version` | the version of `DriverVer` is not up to four numbers below 65,536 |
//! | `inf.template` | `decoration` | an unfinished template: its placeholder was never replaced, so Windows takes it for no system |
//! | `inf.decoration_unknown` | `decoration` | a decoration that Windows does not know |
//! | `inf.models_missing` | `section` | `[Manufacturer]` names a Models section that does not exist |
//! | `inf.models_unlisted` | `section` | a decorated Models section is not listed in `[Manufacturer]`, so Windows ignores it |
//! | `inf.extension_id_missing` | – | an extension INF without `ExtensionId` |
//! | `inf.devices_cut` | `limit` | more devices than are kept |
//! | `inf.list_cut` | `what`, `limit` | more entries than are kept |
//! | `inf.text_cut` | `limit` | a text was longer than is kept |

mod codepage;
mod encoding;
mod limits;
mod models;
mod strings;
mod summary;
mod syntax;
mod version;

use fault::{Error, Result};

pub use self::limits::Limits;
pub use self::strings::LanguageId;

use self::syntax::Document;
use crate::report::{InfReport, TextEncoding};

/// A parsed INF file.
#[derive(Debug)]
pub struct Inf {
    encoding: TextEncoding,
    replaced_bytes: bool,
    document: Document,
    limits: Limits,
}

/// Parses an INF file: an archive's bytes, to be trusted with nothing.
///
/// Fails with [`fault::Kind::Invalid`] if it exceeds `limits`. Any other bytes give an [`Inf`], which may turn out
/// to be no driver INF.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Inf> {
    // Offsets into the text are kept in 32 bits, and a byte becomes at most three of UTF-8.
    let limit = limits.file_bytes.min(u32::MAX as usize / 4);
    if bytes.len() > limit {
        return Err(Error::invalid(format!("an INF file of {} bytes (limit {limit})", bytes.len()))
            .with_notice("inf.too_large")
            .with_value("size_bytes", bytes.len())
            .with_value("limit_bytes", limit));
    }
    let decoded = encoding::decode(bytes);
    let document = Document::parse(&decoded.text, limits)?;
    Ok(Inf { encoding: decoded.encoding, replaced_bytes: decoded.replaced, document, limits: *limits })
}

impl Inf {
    /// What the file says, with the texts of its author's default language.
    pub fn report(&self, path: &str) -> InfReport {
        summary::report(self, path, None)
    }

    /// What the file says, with texts in `language` where the file has them.
    pub fn report_in(&self, path: &str, language: LanguageId) -> InfReport {
        summary::report(self, path, Some(language))
    }
}
