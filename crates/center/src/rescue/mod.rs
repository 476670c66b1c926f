//! A center from its registered images alone, on a machine where nothing is: no backup, no database.
//!
//! The newest Base is fetched and the Actives that came after it are merged into it, each step proven by the root that
//! was registered with it. What lies on that disk is then listed again: each package is packed into an archive, and read
//! as an uploaded one is, so that the disk could be made anew from these archives like from any others.
//!
//! Not in images, and so not brought back: users, terminals, templates, notes and older versions, the key that signs heads
//! (terminals enrol again), and the key of printers' passwords (they are entered again).
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `rescue.no_base` | – | no Base of any center, or of the one that is asked for, is registered |
//! | `rescue.several` | `centers` | images of several centers, and it was not said which |
//! | `rescue.differs` | `version` | what comes out is not what that version was |

mod disk;
mod listing;

use std::sync::Arc;

use fault::{Error, Result};
use image_store::{Image, ImageStore};

use crate::backup::{self, Target};
use crate::center::blocking;
use crate::config::Config;
use crate::mirror::{ACTIVE, BASE, CENTER, KIND};

/// Where the images are, and which.
pub struct Source {
    /// The store that has them.
    pub store: Arc<dyn ImageStore>,
    /// The center, where there are images of several.
    pub center: Option<String>,
    /// No version after this one, where the images of later ones are not all there.
    pub up_to: Option<u64>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rescued {
    /// The center.
    pub center: String,
    /// The version whose disk it is.
    pub version: u64,
    /// The number that it has from now on: above all that terminals can have seen.
    pub number: u64,
    /// Its root, which was proven.
    pub root: String,
    /// System drivers that were found on it.
    pub drivers: Vec<String>,
    /// Printer drivers that were found on it.
    pub printers: Vec<String>,
    /// What was found among them and is no driver.
    pub left_out: Vec<String>,
}

/// The images of one center that lead to its newest disk.
struct Lineage {
    center: String,
    base: Image,
    /// In the order of their versions.
    actives: Vec<Image>,
}

/// Brings the center back into `target`, which is empty.
pub async fn rescue(
    source: Source,
    config: Config,
    target: &Target,
    watch: &mut (dyn FnMut(&str) + Send),
) -> Result<Rescued> {
    let store = source.store.clone();
    let images = blocking(move || store.list()).await?;
    let images =
        images.into_iter().filter(|image| source.up_to.is_none_or(|last| image.meta.version <= last));
    let lineage = lineage(images.collect(), source.center.as_deref())?;
    backup::begin_in_empty(target, &lineage.center).await?;
    let config = Arc::new(config);
    let disk = disk::fetch(&source.store, &config, target, lineage, watch).await?;
    let rescued = listing::list(&config, target, disk).await?;
    backup::end(target)?;
    tracing::info!(target: "voi_drive_backups_manage", center = %rescued.center, version = rescued.version, "the center is back");
    Ok(rescued)
}

fn property<'a>(image: &'a Image, name: &str) -> Option<&'a str> {
    image.meta.properties.get(name).map(String::as_str)
}

/// The newest Base of one center, and what came after it.
fn lineage(images: Vec<Image>, wanted: Option<&str>) -> Result<Lineage> {
    let is_wanted = |image: &&Image| wanted.is_none_or(|wanted| property(image, CENTER) == Some(wanted));
    let bases: Vec<&Image> =
        images.iter().filter(is_wanted).filter(|image| property(image, KIND) == Some(BASE)).collect();
    let mut centers: Vec<&str> = bases.iter().filter_map(|image| property(image, CENTER)).collect();
    centers.sort_unstable();
    centers.dedup();
    let center = match centers[..] {
        [] => return Err(Error::not_found("no Base is registered").with_notice("rescue.no_base")),
        [one] => one.to_owned(),
        _ => {
            let error = Error::invalid("images of several centers").with_notice("rescue.several");
            return Err(error.with_value("centers", centers.join(", ")));
        }
    };
    let base = bases.into_iter().max_by_key(|image| image.meta.version).cloned();
    let base = base.ok_or_else(|| Error::bug("a center without a Base"))?;
    let is_later = |image: &Image| {
        property(image, CENTER) == Some(&center)
            && property(image, KIND) == Some(ACTIVE)
            && image.meta.version > base.meta.version
    };
    let mut actives: Vec<Image> = images.iter().filter(|image| is_later(image)).cloned().collect();
    actives.sort_by_key(|image| image.meta.version);
    Ok(Lineage { center, base, actives })
}

#[cfg(test)]
mod tests {
    use image_store::{ImageId, ImageMeta};

    use super::*;

    fn image(center: &str, kind: &str, version: u64) -> Image {
        let mut meta = ImageMeta::new("x", None, version, String::new(), 0);
        meta.properties.insert(CENTER.into(), center.into());
        meta.properties.insert(KIND.into(), kind.into());
        Image { id: ImageId::random(), meta, size_bytes: 0, virtual_bytes: 0 }
    }

    fn versions(images: &[Image], wanted: Option<&str>) -> Result<(u64, Vec<u64>)> {
        let lineage = lineage(images.to_vec(), wanted)?;
        Ok((lineage.base.meta.version, lineage.actives.iter().map(|image| image.meta.version).collect()))
    }

    #[test]
    fn the_newest_base_and_what_came_after_it_in_order() {
        let one = [
            image("a", BASE, 4),
            image("a", ACTIVE, 9),
            image("a", ACTIVE, 8),
            image("a", BASE, 7),
            image("a", ACTIVE, 7),
        ];
        assert_eq!(versions(&one, None).unwrap(), (7, vec![8, 9]));
        let mut two = one.to_vec();
        two.extend([image("b", BASE, 1), image("b", ACTIVE, 8)]);
        let notice = |outcome: Result<(u64, Vec<u64>)>| outcome.unwrap_err().notice().unwrap().id.to_string();
        assert_eq!(notice(versions(&two, None)), "rescue.several");
        assert_eq!(versions(&two, Some("b")).unwrap(), (1, vec![8]));
        assert_eq!(notice(versions(&two, Some("c"))), "rescue.no_base");
        assert_eq!(notice(versions(&[image("a", ACTIVE, 1)], None)), "rescue.no_base");
    }
}
