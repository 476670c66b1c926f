//! Publishing: the signed head, and the immutable objects that follow from it.
//!
//! What is published is derived from the records, so publishing twice gives the same bytes, and a center that died
//! in between publishes again at its next start. Every object is durable before the head that names it.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use disk_patch::{Digest, FileStore, ObjectDir, PackSink, PackSource, Patch};
use ed25519_dalek::SigningKey;
use fault::{Context, Error, Result};
use protocol::api;
use protocol::sync::{
    Head, LEAVES_PER_REQUEST_MAX, MANIFEST_BYTES_MAX, Manifest, ObjectRef, SignedHead, Update, hex, unhex,
};
use rand::TryRngCore;
use sea_orm::{EntityTrait, QueryOrder};
use tokio::sync::watch;

use crate::base;
use crate::center::{Center, blocking, sync_directory};
use crate::config::DataDir;
use crate::db::DbContext;
use crate::db::entities::version;
use crate::host::rfc3339;

/// What is published now.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    head: Head,
    signed: SignedHead,
    /// Manifest and leaf table, and those of the publication before: a terminal may still be at them.
    objects: Vec<String>,
}

/// The key and the current head.
pub(crate) struct Publisher {
    key: SigningKey,
    current: watch::Sender<Option<Published>>,
}

impl Publisher {
    /// Loads the signing key, or makes it at the first start, and what was published last: terminals can go on with
    /// that while an interrupted save is completed.
    pub(crate) fn open(directory: &DataDir) -> Result<Self> {
        let key = load_or_make_key(&directory.signing_key()).context(|| "load the signing key")?;
        let last = last_published(directory, &key).unwrap_or_else(|error| {
            tracing::warn!(target: "voi_drive_img_manage", %error, "what was published last cannot be used");
            None
        });
        Ok(Self { key, current: watch::Sender::new(last) })
    }

    /// Changes with each publication.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Option<Published>> {
        self.current.subscribe()
    }

    pub(crate) fn public_key_hex(&self) -> String {
        hex(self.key.verifying_key().as_bytes())
    }

    /// The version that terminals can have now; 0 while there is none.
    pub(crate) fn version(&self) -> u64 {
        self.current.borrow().as_ref().map_or(0, |published| published.head.version)
    }
}

/// The head as it was published last, if its manifest is still there.
fn last_published(directory: &DataDir, key: &SigningKey) -> Result<Option<Published>> {
    if !directory.head().exists() {
        return Ok(None);
    }
    let undecodable = |what: &str, e: serde_json::Error| Error::corrupt(format!("decode the {what}: {e}"));
    let signed: SignedHead =
        serde_json::from_slice(&std::fs::read(directory.head())?).map_err(|e| undecodable("head", e))?;
    let head = Head::clone(&*signed.verify(&key.verifying_key())?);
    let objects = ObjectDir::open(directory.objects())?;
    let manifest: Manifest = serde_json::from_slice(&objects.read(&Digest::from_hex(&head.manifest)?)?)
        .map_err(|e| undecodable("manifest", e))?;
    let objects = vec![head.manifest.clone(), manifest.leaf_table.digest];
    Ok(Some(Published { head, signed, objects }))
}

fn load_or_make_key(path: &Path) -> Result<SigningKey> {
    load_or_make_secret(path).map(|secret| SigningKey::from_bytes(&secret))
}

/// The secret in a file of ours; made at the first start.
pub(crate) fn load_or_make_secret(path: &Path) -> Result<[u8; 32]> {
    match std::fs::read_to_string(path) {
        Ok(text) => unhex::<32>(text.trim()).ok_or_else(|| Error::corrupt("the key is not 64 digits")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut secret = [0; 32];
            rand::rngs::OsRng.try_fill_bytes(&mut secret).map_err(|e| Error::unavailable(e.to_string()))?;
            replace_file(path, hex(&secret).as_bytes())?;
            Ok(secret)
        }
        Err(error) => Err(error.into()),
    }
}

/// Replaces a small file of ours durably; only the owner may read it.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let fresh = path.with_extension("new");
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    sync_directory(path.parent().unwrap_or(path))
}

/// Removes what an interrupted publication left behind.
pub(crate) fn remove_leftovers(directory: &DataDir) -> Result<()> {
    ObjectDir::open(directory.objects())?.remove_leftovers()
}

/// Publishes the newest version: manifest, leaf table, head. Nothing happens before the first save.
pub(crate) async fn republish(center: &Center) -> Result<()> {
    let rows = version::Entity::find()
        .order_by_asc(version::Column::Number)
        .all(&center.db)
        .await
        .db_context(|| "list versions")?;
    let Some(newest) = rows.last().filter(|row| row.number > 0).cloned() else { return Ok(()) };
    let (directory, key, id) =
        (center.data_dir().clone(), center.publisher.key.clone(), center.center_id().to_owned());
    let mut published = blocking(move || {
        let (head, leaf_table) = make_head(&directory, &rows, &newest, id)?;
        let signed = SignedHead::sign(&head, &key)?;
        let text = serde_json::to_vec(&signed).map_err(|e| Error::bug(format!("encode the head: {e}")))?;
        replace_file(&directory.head(), &text)?;
        let objects = vec![head.manifest.clone(), leaf_table];
        Ok(Published { head, signed, objects })
    })
    .await
    .context(|| "publish")?;
    let number = published.head.version;
    let before = center.published_objects();
    let before = before.into_iter().filter(|digest| !published.objects.contains(digest)).take(2);
    let before: Vec<String> = before.collect();
    published.objects.extend(before);
    center.publisher.current.send_replace(Some(published));
    center.emit(api::Event::Version { number });
    Ok(())
}

fn make_head(
    directory: &DataDir,
    rows: &[version::Model],
    newest: &version::Model,
    center: String,
) -> Result<(Head, String)> {
    let objects = ObjectDir::open(directory.objects())?;
    let leaves = base::leaves(directory)?.ok_or_else(|| base::disagrees("the leaf table is missing"))?;
    if leaves.root().to_string() != newest.root {
        return Err(base::disagrees("the leaf table is of another version"));
    }
    let manifest = Manifest {
        format: 1,
        version: newest.number as u64,
        root: newest.root.clone(),
        length: newest.length as u64,
        leaf_table: store_object(&objects, &leaves.encode())?,
        updates: kept_updates(rows),
    };
    let text = serde_json::to_vec(&manifest).map_err(|e| Error::bug(format!("encode the manifest: {e}")))?;
    if text.len() > MANIFEST_BYTES_MAX {
        return Err(Error::bug(format!("the manifest has {} bytes", text.len())));
    }
    let leaf_table = manifest.leaf_table.digest.clone();
    let manifest = store_object(&objects, &text)?.digest;
    objects.sync()?;
    let head = Head {
        format: 1,
        center,
        version: newest.number as u64,
        root: newest.root.clone(),
        length: newest.length as u64,
        parents: newest.parent_root.iter().cloned().collect(),
        manifest,
        published_at: rfc3339(newest.created_at),
    };
    Ok((head, leaf_table))
}

/// The unbroken run of patches that leads to the newest version, oldest first.
fn kept_updates(rows: &[version::Model]) -> Vec<Update> {
    let mut updates: Vec<Update> = rows.iter().rev().map_while(update).collect();
    updates.reverse();
    updates
}

fn update(row: &version::Model) -> Option<Update> {
    Some(Update {
        version: row.number as u64,
        from_root: row.parent_root.clone()?,
        to_root: row.root.clone(),
        patch: ObjectRef { digest: row.patch.clone()?, bytes: row.patch_bytes as u64 },
        packs_bytes: row.packs_bytes as u64,
    })
}

fn store_object(objects: &ObjectDir, bytes: &[u8]) -> Result<ObjectRef> {
    let digest = objects.insert(bytes)?;
    Ok(ObjectRef { digest: digest.to_hex(), bytes: bytes.len() as u64 })
}

/// Reads a patch that is kept among the objects.
pub(crate) fn read_patch(objects: &ObjectDir, digest: &str) -> Result<Patch> {
    let digest = Digest::from_hex(digest)?;
    Patch::decode(&objects.read(&digest)?)
}

impl Center {
    /// Digests of the manifest and leaf table that terminals may be fetching: the current ones and those before.
    pub(crate) fn published_objects(&self) -> Vec<String> {
        let current = self.publisher.current.borrow();
        let published = current.iter().flat_map(|published| published.objects.iter().cloned());
        published.collect()
    }

    /// The version that terminals can have now; 0 while there is none.
    pub fn published_version(&self) -> u64 {
        self.publisher.version()
    }

    /// The current head.
    pub async fn head(&self) -> Result<SignedHead> {
        let current = self.publisher.current.borrow();
        current.as_ref().map(|published| published.signed.clone()).ok_or_else(|| {
            Error::not_found("nothing has been published yet").with_notice("sync.nothing_published")
        })
    }

    /// The current head, as soon as its version is another one than `after`, or after `patience`.
    pub async fn wait_head(&self, after: u64, patience: Duration) -> Result<SignedHead> {
        let mut current = self.publisher.current.subscribe();
        let is_news = |published: &Option<Published>| {
            published.as_ref().is_some_and(|published| published.head.version != after)
        };
        // Running out of patience is the ordinary end.
        drop(tokio::time::timeout(patience, current.wait_for(is_news)).await);
        self.head().await
    }

    /// Where an immutable object lies. Its reader proves it by its name.
    pub fn object_path(&self, digest: &str) -> Result<PathBuf> {
        let digest = Digest::from_hex(digest)?;
        let path = ObjectDir::open(self.data_dir().objects())?.path_of(&digest);
        if !path.is_file() {
            return Err(Error::not_found(format!("object {digest}")).with_notice("sync.object_gone"));
        }
        Ok(path)
    }

    /// Leaves `first` to `last` of the disk file, compressed, if `root` still is its root.
    pub async fn base_leaves(&self, root: &str, first: u64, last: u64) -> Result<Vec<u8>> {
        let count = last.checked_sub(first).map_or(0, |distance| distance.saturating_add(1));
        if !(1..=LEAVES_PER_REQUEST_MAX).contains(&count) {
            return Err(Error::invalid(format!("leaves {first} to {last}")).with_notice("sync.bad_range"));
        }
        let reading = self.base.clone().read_owned().await;
        let current = reading.clone().filter(|leaves| leaves.root().to_string() == root);
        let leaves = current
            .ok_or_else(|| Error::conflict("the disk is another version by now").with_notice("sync.stale"))?;
        let path = self.data_dir().base();
        blocking(move || {
            let _reading = reading;
            disk_patch::pack_leaves(&FileStore::open_read_only(path)?, &leaves, first..last + 1)
        })
        .await
    }
}
