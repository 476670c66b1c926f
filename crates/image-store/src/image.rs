//! What is said about an image.

use std::collections::BTreeMap;
use std::fmt;

use fault::{Error, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of an image, chosen by whoever registers it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImageId(Uuid);

impl ImageId {
    /// An id that no other image has.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Reads the form with hyphens, in lower case: the only one that is also a file name of the store.
    pub fn parse(text: &str) -> Result<Self> {
        let id = Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| Error::invalid(format!("image id {text:?}: no UUID")))?;
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(Error::invalid(format!("image id {text:?}: write it as {id}")))
        }
    }
}

impl fmt::Display for ImageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// What the caller says about an image when it is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageMeta {
    /// Name that people see in the store.
    pub name: String,
    /// Always `qcow2` so far.
    pub disk_format: String,
    /// The image that this one continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ImageId>,
    /// The version of the disk that it belongs to.
    pub version: u64,
    /// Root digest of the disk file of that version, hex.
    pub root: String,
    /// Length of the disk file of that version, in bytes.
    pub length: u64,
    /// Further properties.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
}

impl ImageMeta {
    /// A qcow2 image without further properties.
    pub fn new(
        name: impl Into<String>,
        parent: Option<ImageId>,
        version: u64,
        root: String,
        length: u64,
    ) -> Self {
        let (name, disk_format) = (name.into(), "qcow2".to_owned());
        Self { name, disk_format, parent, version, root, length, properties: BTreeMap::new() }
    }
}

/// An image that no driver center has registered, such as a system image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignImage {
    /// Identifies it.
    pub id: ImageId,
    /// Its name in the store.
    pub name: String,
    /// Length of the image file, in bytes.
    pub size_bytes: u64,
}

/// A registered image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// What was said about it.
    pub meta: ImageMeta,
    /// Length of the image file, in bytes.
    pub size_bytes: u64,
    /// Size of the disk within, in bytes.
    pub virtual_bytes: u64,
}

/// How the store came by a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover {
    /// It keeps the caller's very file under a second name.
    Linked,
    /// It keeps a copy.
    Copied,
    /// It had the image already.
    Present,
}

/// What came of registering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Length of the image file, in bytes.
    pub size_bytes: u64,
    /// How the store came by it.
    pub handover: Handover,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_of_an_id_is_accepted() {
        let text = "0189f7ea-ae2f-4b6c-8a1d-6f6d2a3f9c10";
        assert_eq!(ImageId::parse(text).unwrap().to_string(), text);
        for bad in ["", "..", "../x", &text.to_uppercase(), &text.replace('-', ""), &format!("{{{text}}}")] {
            assert!(ImageId::parse(bad).is_err(), "{bad}");
        }
    }
}
