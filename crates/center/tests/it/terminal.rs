//! A terminal's copy of the disk, which follows by the published patches.

use std::path::{Path, PathBuf};

use center::Center;
use disk_patch::{Disk, FileStore, FsFolder, ObjectDir, Patch, unwatched};

/// A disk file with its state, as a terminal keeps it.
pub(crate) struct Copy {
    directory: PathBuf,
    _own: Option<tempfile::TempDir>,
}

impl Copy {
    /// What Base is now.
    pub(crate) fn of(center: &Center, directory: &Path) -> Self {
        std::fs::create_dir_all(directory).unwrap();
        std::fs::copy(center.data_dir().base(), directory.join("disk")).unwrap();
        let copy = Self { directory: directory.to_owned(), _own: None };
        copy.with_disk(|disk| drop(disk.adopt(&mut unwatched()).unwrap()));
        copy
    }

    /// One that is there already.
    pub(crate) fn at(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), _own: None }
    }

    /// Another terminal at the same version.
    pub(crate) fn twin(&self) -> Self {
        let own = crate::site::temporary();
        crate::site::copy_directory(&self.directory, own.path());
        Self { directory: own.path().to_owned(), _own: Some(own) }
    }

    fn with_disk<T>(&self, work: impl FnOnce(Disk<'_>) -> T) -> T {
        let file = FileStore::open(self.directory.join("disk")).unwrap();
        let state = FsFolder::open(self.directory.join("state")).unwrap();
        work(Disk { file: &file, state: &state })
    }

    fn root(&self) -> String {
        self.with_disk(|disk| disk.leaves().unwrap().unwrap().root().to_string())
    }

    /// Takes the published patches in order, and is identical to Base then.
    pub(crate) async fn follow(&self, center: &Center) {
        let head = center.head().await.unwrap();
        let head = head.verify(&protocol::sync::public_key(&center.public_key_hex()).unwrap()).unwrap();
        let manifest = std::fs::read(center.object_path(&head.manifest).unwrap()).unwrap();
        let manifest: protocol::sync::Manifest = serde_json::from_slice(&manifest).unwrap();
        let objects = ObjectDir::open(center.data_dir().objects()).unwrap();
        let root = self.root();
        let missing = manifest.updates.iter().skip_while(|update| update.from_root != root);
        for update in missing {
            let patch = std::fs::read(center.object_path(&update.patch.digest).unwrap()).unwrap();
            let patch = Patch::decode(&patch).unwrap();
            self.with_disk(|disk| disk.apply(&patch, &objects, &mut unwatched()).map(drop)).unwrap();
        }
        assert_eq!(self.root(), head.root);
        let (own, base) =
            (std::fs::read(self.directory.join("disk")), std::fs::read(center.data_dir().base()));
        assert!(own.unwrap() == base.unwrap(), "the terminal is not identical");
    }
}
