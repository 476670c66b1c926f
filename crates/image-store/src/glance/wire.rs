//! Images as Glance writes them in JSON.
//!
//! What we say of an image are properties of our own, whose names begin with `driver_center_`. Glance adds many more
//! fields; they are ignored.

use std::collections::BTreeMap;

use fault::{Error, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::hashing::Digests;
use crate::{ForeignImage, Image, ImageId, ImageMeta};

const MARK: &str = "driver_center";
const MARKED: &str = "image";
const VERSION: &str = "driver_center_version";
const ROOT: &str = "driver_center_root";
const LENGTH: &str = "driver_center_length";
const PARENT: &str = "driver_center_parent";
const FURTHER: &str = "driver_center_property_";

/// The images that are ours.
pub(super) const FIRST_PAGE: &str = "/v2/images?limit=500&driver_center=image";

/// All images that have their data.
pub(super) const FIRST_PAGE_OF_ALL: &str = "/v2/images?limit=500&status=active";

/// What is going on with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// Known, without data.
    Queued,
    /// Its data is being received, or was when Glance stopped.
    Saving,
    /// Its data is there.
    Active,
    /// Anything else, such as on its way out.
    #[serde(other)]
    Other,
}

/// One image.
#[derive(Debug, Deserialize)]
pub(super) struct GlanceImage {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    disk_format: Option<String>,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) size: Option<u64>,
    #[serde(default)]
    virtual_size: Option<u64>,
    #[serde(default)]
    os_hash_algo: Option<String>,
    #[serde(default)]
    os_hash_value: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// Some images, and where there are more.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) images: Vec<GlanceImage>,
    #[serde(default)]
    pub(super) next: Option<String>,
}

impl GlanceImage {
    /// What was said of it when it was registered.
    pub(super) fn meta(&self) -> Result<ImageMeta> {
        let missing = |name: &str| Error::conflict(format!("image {}: Glance has no {name} of it", self.id));
        let text = |name: &str| self.others.get(name).and_then(Value::as_str);
        let number = |name: &str| text(name).and_then(|text| text.parse().ok()).ok_or_else(|| missing(name));
        let further = self.others.iter().filter_map(|(name, value)| {
            Some((name.strip_prefix(FURTHER)?.to_owned(), value.as_str()?.to_owned()))
        });
        Ok(ImageMeta {
            name: self.name.clone().unwrap_or_default(),
            disk_format: self.disk_format.clone().unwrap_or_default(),
            parent: text(PARENT).map(ImageId::parse).transpose()?,
            version: number(VERSION)?,
            root: text(ROOT).ok_or_else(|| missing(ROOT))?.to_owned(),
            length: number(LENGTH)?,
            properties: further.collect(),
        })
    }

    pub(super) fn image(&self) -> Result<Image> {
        Ok(Image {
            id: ImageId::parse(&self.id)?,
            meta: self.meta()?,
            size_bytes: self.size.unwrap_or(0),
            virtual_bytes: self.virtual_size.unwrap_or(0),
        })
    }

    /// As an image of somebody else; none where a driver center has registered it.
    pub(super) fn foreign(&self) -> Option<ForeignImage> {
        if self.others.contains_key(MARK) {
            return None;
        }
        let name = self.name.clone().unwrap_or_default();
        Some(ForeignImage { id: ImageId::parse(&self.id).ok()?, name, size_bytes: self.size.unwrap_or(0) })
    }

    /// Whether Glance's own digest of the data is one of these.
    pub(super) fn has_digest(&self, digests: &Digests) -> bool {
        let expected = match self.os_hash_algo.as_deref() {
            Some("sha512") => &digests.sha512,
            Some("sha256") => &digests.sha256,
            _ => return false,
        };
        self.os_hash_value.as_ref() == Some(expected)
    }
}

/// The request that makes an image known.
pub(super) fn creation(id: &ImageId, meta: &ImageMeta) -> Value {
    let mut image = Map::new();
    let mut put = |name: &str, value: String| image.insert(name.to_owned(), Value::String(value));
    put("id", id.to_string());
    put("name", meta.name.clone());
    put("disk_format", meta.disk_format.clone());
    put("container_format", "bare".to_owned());
    put("visibility", "private".to_owned());
    put(MARK, MARKED.to_owned());
    put(VERSION, meta.version.to_string());
    put(ROOT, meta.root.clone());
    put(LENGTH, meta.length.to_string());
    if let Some(parent) = &meta.parent {
        put(PARENT, parent.to_string());
    }
    for (name, value) in &meta.properties {
        put(&format!("{FURTHER}{name}"), value.clone());
    }
    json!(image)
}
