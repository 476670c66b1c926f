//! Registering an image in Glance, beside what OpenStack's own command line needs for the same file.

use std::path::{Path, PathBuf};
use std::process::Command;

use fault::Result;
use image_store::{Credential, GlanceAuth, GlanceStore, ImageId, ImageMeta, ImageStore, Keystone};

use crate::service::Service;
use crate::tools::{has, run};
use crate::{ROUNDS, Row, data, full_or_small, median, timed};

/// The user that `with-glance.sh` makes.
const USER: &str = "admin";
const DOMAIN: &str = "Default";
const PASSWORD: &str = "password";

pub(crate) fn registration(room: &Path) -> Result<Vec<Row>> {
    let service = Service::start("with-glance.sh", &GLANCE_AND_KEYSTONE)?;
    let site = Site { glance: &service.values()[0], keystone: &service.values()[1] };
    let store = site.store()?;
    let mut rows = Vec::new();
    for megabytes in full_or_small([16, 300, 2_000], [1, 4, 8]) {
        let image = image(room, megabytes)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(register(&store, &image)?);
            if has("openstack") {
                theirs.push(site.create(&image)?);
            }
        }
        rows.push(row(megabytes, median(ours), (!theirs.is_empty()).then(|| median(theirs))));
        std::fs::remove_file(image)?;
    }
    Ok(rows)
}

fn row(megabytes: u64, ours: f64, theirs: Option<f64>) -> Row {
    let told = |seconds: f64| format!("{seconds:.2} s, {:.0} MB/s", megabytes as f64 / seconds);
    Row {
        what: format!("registering a qcow2 of {megabytes} MB in Glance with a token of Keystone, checked"),
        ours: told(ours),
        other: match theirs {
            Some(seconds) => format!("`openstack image create --file`: {}", told(seconds)),
            None => "`openstack` is not there".into(),
        },
        ratio: theirs.map_or("–".into(), |seconds| format!("{:.2}", ours / seconds)),
        bar: "–",
    }
}

const GLANCE_AND_KEYSTONE: [&str; 2] = ["DRIVER_CENTER_TEST_GLANCE_TOKENS", "DRIVER_CENTER_TEST_KEYSTONE"];

/// A Glance that asks for tokens, and who gives them.
struct Site<'a> {
    glance: &'a str,
    keystone: &'a str,
}

impl Site<'_> {
    fn store(&self) -> Result<GlanceStore> {
        let credential = Credential::Password {
            user: USER.into(),
            user_domain: DOMAIN.into(),
            project: USER.into(),
            project_domain: DOMAIN.into(),
            password: PASSWORD.into(),
        };
        let keystone = Keystone { url: self.keystone.to_owned(), credential, region: None };
        GlanceStore::new(Some(self.glance), GlanceAuth::Keystone(keystone), None)
    }

    /// Seconds until the command line has registered the file. The image is removed again.
    fn create(&self, image: &Path) -> Result<f64> {
        let id = ImageId::random().to_string();
        let create = ["image", "create", "--disk-format", "qcow2", "--container-format", "bare", "--id", &id];
        let (seconds, _) =
            timed(|| run(self.openstack().args(create).arg("--file").arg(image).arg("other")))?;
        run(self.openstack().args(["image", "delete", &id]))?;
        Ok(seconds)
    }

    fn openstack(&self) -> Command {
        let mut command = Command::new("openstack");
        command
            .env("OS_AUTH_URL", self.keystone)
            .env("OS_IDENTITY_API_VERSION", "3")
            .env("OS_IMAGE_ENDPOINT_OVERRIDE", self.glance)
            .env("OS_USERNAME", USER)
            .env("OS_PASSWORD", PASSWORD)
            .env("OS_PROJECT_NAME", USER)
            .env("OS_USER_DOMAIN_NAME", DOMAIN)
            .env("OS_PROJECT_DOMAIN_NAME", DOMAIN);
        command
    }
}

/// Seconds until the image is registered and Glance's own digest of it was compared. It is removed again.
fn register(store: &GlanceStore, image: &Path) -> Result<f64> {
    let id = ImageId::random();
    let meta = ImageMeta::new("driver-center-v1", None, 1, "ab".repeat(32), 1 << 30);
    let (seconds, _) = timed(|| store.register(&id, image, &meta))?;
    store.delete(&id)?;
    Ok(seconds)
}

/// A qcow2 file with so many megabytes in it that do not compress.
fn image(room: &Path, megabytes: u64) -> Result<PathBuf> {
    let (raw, image) = (room.join("raw"), room.join("image.qcow2"));
    data::noise(&raw, "image", megabytes * 1_000_000)?;
    run(Command::new("qemu-img").args(["convert", "-f", "raw", "-O", "qcow2"]).args([&raw, &image]))?;
    std::fs::remove_file(raw)?;
    Ok(image)
}
