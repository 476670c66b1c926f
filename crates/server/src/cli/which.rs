//! The options that say which terminals.

use fault::{Error, Result};
use protocol::api::{TerminalFilter, TerminalShow};
use serde_json::Value;

/// Those that fit all that is given.
#[derive(clap::Args)]
pub(super) struct Which {
    /// Part of a name, MAC address or address; or the first digits of an id. 搜索
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Those that stand so. 状态
    #[arg(long, value_enum)]
    show: Option<Show>,
    /// Those whose disk has exactly this version. 版本
    #[arg(id = "has_version", long = "has-version", value_name = "NUMBER")]
    version: Option<u64>,
}

/// How a terminal stands.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Show {
    Identical,
    Behind,
    Busy,
    Error,
    Offline,
}

impl Show {
    fn wire(self) -> TerminalShow {
        match self {
            Self::Identical => TerminalShow::Identical,
            Self::Behind => TerminalShow::Behind,
            Self::Busy => TerminalShow::Busy,
            Self::Error => TerminalShow::Error,
            Self::Offline => TerminalShow::Offline,
        }
    }
}

impl Which {
    /// Whether anything is given.
    pub(super) fn is_given(&self) -> bool {
        self.search.is_some() || self.show.is_some() || self.version.is_some()
    }

    /// As a request has it, of a group where one is given.
    pub(super) fn filter(&self, group: Option<&str>) -> TerminalFilter {
        TerminalFilter {
            search: self.search.clone(),
            group: group.map(str::to_owned),
            ungrouped: false,
            show: self.show.map(Show::wire),
            program: None,
            version: self.version,
        }
    }
}

/// A filter as the query of an address.
pub(super) fn query(filter: &TerminalFilter) -> Result<Vec<(String, String)>> {
    let Ok(Value::Object(fields)) = serde_json::to_value(filter) else {
        return Err(Error::bug("encode a filter"));
    };
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(fields.into_iter().map(|(name, value)| (name, text(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_becomes_a_query_of_what_is_given() {
        let which = Which { search: Some("a&b".into()), show: Some(Show::Offline), version: Some(7) };
        let pairs = query(&TerminalFilter { ungrouped: true, ..which.filter(None) }).unwrap();
        let expected = [("search", "a&b"), ("show", "offline"), ("ungrouped", "true"), ("version", "7")];
        let mut pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, expected);
        assert_eq!(query(&TerminalFilter::default()).unwrap(), []);
    }
}
