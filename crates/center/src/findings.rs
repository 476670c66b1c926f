//! What is not as it must be, as verify and restore find it: a notice, and how it is mended.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `found.base_missing` | – | the file of Base is gone |
//! | `found.base_unreadable` | `cause` | it cannot be read |
//! | `found.base_length` | `found_bytes`, `expected_bytes` | it is shorter or longer than it was |
//! | `found.base_leaves` | `leaves`, `total`, `first` | so many of its leaves differ, the first at that offset |
//! | `found.base_unknown` | – | it is another one, and the leaf table that says where is gone too |
//! | `found.leaf_table` | – | Base is right, but its leaf table is missing or damaged |
//! | `found.base_structure` | `errors` | references inside the qcow2 file are wrong |
//! | `found.journal` | – | a patch on Base was begun and is not finished |
//! | `found.save_unfinished` | `step` | a save has failed and was not completed |
//! | `found.index` | – | the block index is missing; the next save makes it anew |
//! | `found.head` | – | the signed head is missing or not the newest one |
//! | `found.manifest` | – | what the head names is missing or damaged |
//! | `found.patch` | `version` | the patch to a version, or a pack of it, is missing or damaged |
//! | `found.inverse` | `version` | the same of the patch that leads back |
//! | `found.image` | `image`, `version` | a registered image is missing |
//! | `found.archive_missing` | `driver`, `sha256` | a kept archive is gone |
//! | `found.archive_damaged` | `driver`, `sha256` | a kept archive is another file |
//! | `found.archive_unlisted` | `name` | a file among the kept archives that nothing lists |
//! | `found.package_missing` | `driver`, `directory` | a listed package is not on the disk |
//! | `found.package_differs` | `driver`, `directory`, `what` | a package is not as it was imported |
//! | `found.package_unlisted` | `directory` | a directory that no driver lists |
//! | `found.database` | `cause` | the database file is damaged |
//! | `mend.restore` | – | restore mends it |
//! | `mend.itself` | – | the server mends it by itself |
//! | `mend.archive` | – | the archive has to be put back |
//! | `mend.backup` | – | it has to come back from a backup |
//! | `mend.none` | – | nothing has to be done |

use std::borrow::Cow;

use fault::Notice;
use protocol::api;
use serde::{Deserialize, Serialize};

use crate::center::Explain;
use crate::content::told;

/// How a finding is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mend {
    /// By a restore.
    Restore,
    /// By the server, without anybody asking.
    Itself,
    /// By putting the archive back.
    Archive,
    /// From a backup.
    Backup,
    /// Not at all; it harms nothing.
    None,
}

impl Mend {
    fn name(self) -> &'static str {
        match self {
            Self::Restore => "restore",
            Self::Itself => "itself",
            Self::Archive => "archive",
            Self::Backup => "backup",
            Self::None => "none",
        }
    }
}

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// What.
    pub(crate) notice: Notice,
    /// How it is mended.
    pub(crate) mend: Mend,
}

impl Finding {
    pub(crate) fn new(id: &'static str, mend: Mend) -> Self {
        Self { notice: remark(id), mend }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.notice.values.push((name.into(), value.to_string()));
        self
    }

    /// In the words of `explain`.
    pub(crate) fn wire(&self, explain: &Explain<'_>) -> api::Damage {
        let mend: Cow<'static, str> = format!("mend.{}", self.mend.name()).into();
        api::Damage {
            id: self.notice.id.to_string(),
            text: explain(&told(self.notice.clone())),
            mended_by: self.mend.name().into(),
            mend: explain(&told(Notice { id: mend, values: Vec::new() })),
            values: self
                .notice
                .values
                .iter()
                .map(|(name, value)| (name.to_string(), value.clone()))
                .collect(),
        }
    }
}

/// A notice without values.
pub(crate) fn remark(id: &'static str) -> Notice {
    Notice { id: id.into(), values: Vec::new() }
}
