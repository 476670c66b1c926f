//! Values with fixed numbers and names: they are on the wire, in the database and in the configuration file.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a printer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "i32", try_from = "i32")]
pub enum PrinterType {
    /// On a port of the terminal itself.
    Local = 1,
    /// Shared by another computer.
    Shared = 2,
    /// On the network by itself.
    Network = 3,
}

/// Which sides of a sheet are printed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "i32", try_from = "i32")]
pub enum Duplex {
    /// One side (`DMDUP_SIMPLEX`).
    OneSided = 1,
    /// Both, turned on the long edge (`DMDUP_VERTICAL`).
    LongEdge = 21,
    /// Both, turned on the short edge (`DMDUP_HORIZONTAL`).
    ShortEdge = 22,
}

/// What a network printer speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Protocol {
    /// Bytes on a TCP port, usually 9100.
    Raw,
    /// Line printer daemon, RFC 1179, usually on port 515.
    Lpr,
    /// Internet Printing Protocol, RFC 8011, usually on port 631.
    Ipp,
    /// Web Services for Devices, usually on port 3702.
    Wsd,
}

macro_rules! numbered {
    ($name:ident: $($value:ident),*) => {
        impl $name {
            /// The number on the wire.
            pub fn number(self) -> i32 {
                self as i32
            }

            /// The value with that number.
            pub fn from_number(number: i32) -> Option<Self> {
                [$(Self::$value),*].into_iter().find(|value| value.number() == number)
            }
        }

        impl From<$name> for i32 {
            fn from(value: $name) -> Self {
                value.number()
            }
        }

        impl TryFrom<i32> for $name {
            type Error = String;

            fn try_from(number: i32) -> Result<Self, String> {
                Self::from_number(number).ok_or_else(|| format!("{} {number}", stringify!($name)))
            }
        }
    };
}

numbered!(PrinterType: Local, Shared, Network);
numbered!(Duplex: OneSided, LongEdge, ShortEdge);

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Raw, Self::Lpr, Self::Ipp, Self::Wsd];

    /// The protocol of that name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name().eq_ignore_ascii_case(name))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "RAW",
            Self::Lpr => "LPR",
            Self::Ipp => "IPP",
            Self::Wsd => "WSD",
        }
    }

    /// The port that it usually has.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::Raw => 9100,
            Self::Lpr => 515,
            Self::Ipp => 631,
            Self::Wsd => 3702,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A size of paper. Some have a number of Windows (`DMPAPER_…` of `wingdi.h`); the others go by the name of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper(usize);

/// Names, and numbers where the platform has one.
const PAPERS: [(&str, Option<i32>); 16] = [
    ("A1", None),
    ("A2", None),
    ("A3", Some(8)),
    ("A4", Some(9)),
    ("A5", Some(11)),
    ("A6", None),
    ("A7", None),
    ("A8", None),
    ("B1", None),
    ("B2", None),
    ("B3", None),
    ("B4", Some(12)),
    ("B5", Some(13)),
    ("B6", None),
    ("B7", None),
    ("B8", None),
];

impl Paper {
    /// DIN A4.
    pub const A4: Self = Self(3);

    /// The size of that name or number.
    pub fn from_text(text: &str) -> Option<Self> {
        let number = text.parse().ok();
        let fits = |(name, code): &(&str, Option<i32>)| {
            name.eq_ignore_ascii_case(text) || (number.is_some() && number == *code)
        };
        PAPERS.iter().position(fits).map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        PAPERS[self.0].0
    }

    /// Its number, if it has one.
    pub fn number(self) -> Option<i32> {
        PAPERS[self.0].1
    }
}

impl fmt::Display for Paper {
    /// The number, else the name: as it is stored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => write!(f, "{number}"),
            None => f.write_str(self.name()),
        }
    }
}

impl Serialize for Paper {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.number() {
            Some(number) => serializer.serialize_i32(number),
            None => serializer.serialize_str(self.name()),
        }
    }
}

impl<'de> Deserialize<'de> for Paper {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(i32),
            Text(String),
        }
        let text = match Form::deserialize(deserializer)? {
            Form::Number(number) => number.to_string(),
            Form::Text(text) => text,
        };
        Self::from_text(&text).ok_or_else(|| D::Error::custom(format!("paper {text}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_goes_by_its_number_where_it_has_one() {
        let json = |paper: Paper| serde_json::to_string(&paper).unwrap();
        assert_eq!(json(Paper::A4), "9");
        assert_eq!(json(Paper::from_text("a6").unwrap()), "\"A6\"");
        for (text, expected) in [("8", "A3"), ("\"A3\"", "A3"), ("\"12\"", "B4"), ("\"b8\"", "B8")] {
            assert_eq!(serde_json::from_str::<Paper>(text).unwrap().name(), expected);
        }
        for bad in ["10", "\"C4\"", "\"\"", "null"] {
            assert!(serde_json::from_str::<Paper>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_fixed() {
        let types = [PrinterType::Local, PrinterType::Shared, PrinterType::Network];
        assert_eq!(types.map(PrinterType::number), [1, 2, 3]);
        let sides = [Duplex::OneSided, Duplex::LongEdge, Duplex::ShortEdge];
        assert_eq!(sides.map(Duplex::number), [1, 21, 22]);
        assert!(Duplex::from_number(2).is_none() && PrinterType::from_number(0).is_none());
        assert_eq!(Protocol::from_name("ipp"), Some(Protocol::Ipp));
    }
}
