//! Random sequences of operations on a real center, against a model of what a person would expect.
//!
//! After each step the list, the disk, the history and the state equal the model; in the end a terminal that was there
//! from the first version on becomes identical by the published patches alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use center::{Center, Machine};
use fault::Error;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::life_time::Life;
use crate::site::{DISK_BYTES, Site, actor, noise, read};
use crate::terminal::Copy;

/// Drivers that there may be; the name says the content.
const NAMES: [&str; 4] = ["audio", "camera", "network", "printer"];
const SIZE: usize = 120_000;

#[derive(Clone, Copy, Debug)]
enum Action {
    Import(usize),
    ImportDamaged(usize),
    Delete(usize),
    Describe(usize, u8),
    Edit,
    Discard,
    Save,
    Restore,
    /// Makes the disk larger by so many GiB.
    Grow(u64),
    /// An orderly stop and a start.
    Restart,
    /// A start after an end without a word.
    Crash,
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let name = 0..NAMES.len();
    let action = prop_oneof![
        6 => name.clone().prop_map(Action::Import),
        1 => name.clone().prop_map(Action::ImportDamaged),
        4 => name.clone().prop_map(Action::Delete),
        1 => (name, any::<u8>()).prop_map(|(name, word)| Action::Describe(name, word)),
        1 => Just(Action::Edit),
        2 => Just(Action::Discard),
        4 => Just(Action::Save),
        1 => Just(Action::Restore),
        1 => (0_u64..4).prop_map(Action::Grow),
        1 => Just(Action::Restart),
        2 => Just(Action::Crash),
    ];
    proptest::collection::vec(action, 10..18)
}

/// A driver as the list shows it.
#[derive(Clone, Debug, PartialEq)]
struct Listed {
    id: i64,
    describe: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Import,
    Update,
    Delete,
}

impl Change {
    fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

type Drivers = BTreeMap<&'static str, Listed>;

/// What a person would expect.
#[derive(Default)]
struct Model {
    drivers: Drivers,
    /// What they were when the edit was opened.
    saved: Drivers,
    is_editing: bool,
    /// What is listed of the edit: each driver once, but for one that came and went.
    changes: Vec<(i64, Change)>,
    /// The packages of each version.
    history: Vec<BTreeSet<&'static str>>,
    virtual_bytes: u64,
}

impl Model {
    fn changed(&mut self, id: i64, change: Change) {
        self.is_editing = true;
        let known = self.changes.iter_mut().rfind(|(known, _)| *known == id);
        match (known.map(|(_, change)| change), change) {
            (Some(_), Change::Update) => {}
            (Some(known), change) if *known == Change::Update => *known = change,
            _ => self.changes.push((id, change)),
        }
    }

    fn close(&mut self) {
        self.saved.clone_from(&self.drivers);
        self.is_editing = false;
        self.changes.clear();
    }

    fn packages(&self) -> BTreeSet<&'static str> {
        self.drivers.keys().copied().collect()
    }
}

/// What all sequences use: making an archive takes a program.
struct Material {
    _directory: tempfile::TempDir,
    archives: Vec<PathBuf>,
    damaged: Vec<PathBuf>,
}

impl Material {
    fn make() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let site = Site::of_sqlite();
        let archives: Vec<PathBuf> = NAMES.iter().map(|name| site.archive(name, SIZE)).collect();
        let place = |path: &PathBuf, folder: &str, flip: bool| {
            let mut bytes = std::fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= u8::from(flip);
            let target = directory.path().join(folder).join(path.file_name().unwrap());
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::write(&target, bytes).unwrap();
            target
        };
        let good = archives.iter().map(|path| place(path, "good", false)).collect();
        let damaged = archives.iter().map(|path| place(path, "damaged", true)).collect();
        Self { _directory: directory, archives: good, damaged }
    }
}

/// One sequence under way.
struct Run<'a> {
    material: &'a Material,
    site: Site,
    life: Option<Life>,
    model: Model,
    terminal: Option<Copy>,
}

impl Run<'_> {
    fn on<T>(&self, work: impl AsyncFnOnce(&Center) -> T) -> T {
        self.life.as_ref().unwrap().run(work)
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Import(name) => self.import(name),
            Action::ImportDamaged(name) => self.import_damaged(name),
            Action::Delete(name) => self.delete(NAMES[name]),
            Action::Describe(name, word) => self.describe(NAMES[name], word),
            Action::Edit => {
                self.on(async |center: &Center| center.begin_edit(&actor()).await).unwrap();
                self.model.is_editing = true;
            }
            Action::Discard => self.discard(),
            Action::Save => self.save(),
            Action::Restore => self.on(async |center: &Center| {
                let operation = center.restore(&actor()).await.unwrap();
                assert_eq!(center.wait_operation(operation.id).await.unwrap().error, None);
            }),
            Action::Grow(gibs) => self.grow(gibs << 30),
            Action::Restart => {
                self.life.take().unwrap().close();
                self.life = Some(Life::begin(&self.site, Arc::new(Machine)));
            }
            Action::Crash => {
                self.life.take().unwrap().end();
                self.life = Some(Life::begin(&self.site, Arc::new(Machine)));
            }
        }
    }

    fn import(&mut self, name: usize) {
        let archive = &self.material.archives[name];
        let outcome =
            self.on(async |center: &Center| center.import(&actor(), self.site.upload(center, archive)).await);
        if self.model.drivers.contains_key(NAMES[name]) {
            return assert_eq!(notice(outcome.unwrap_err()), "driver.name_taken");
        }
        let id = outcome.unwrap();
        self.model.drivers.insert(NAMES[name], Listed { id, describe: None });
        self.model.changed(id, Change::Import);
    }

    fn import_damaged(&mut self, name: usize) {
        let archive = &self.material.damaged[name];
        let outcome =
            self.on(async |center: &Center| center.import(&actor(), self.site.upload(center, archive)).await);
        match self.model.drivers.contains_key(NAMES[name]) {
            true => assert_eq!(notice(outcome.unwrap_err()), "driver.name_taken"),
            false => drop(outcome.unwrap_err()),
        }
    }

    fn delete(&mut self, name: &'static str) {
        let known = self.model.drivers.remove(name);
        let id = known.as_ref().map_or(999_999, |listed| listed.id);
        let outcome = self.on(async |center: &Center| center.delete_drivers(&actor(), &[id]).await);
        match known {
            Some(_) => {
                outcome.unwrap();
                self.model.changed(id, Change::Delete);
            }
            None => assert_eq!(notice(outcome.unwrap_err()), "driver.not_found"),
        }
    }

    fn describe(&mut self, name: &'static str, word: u8) {
        let Some(listed) = self.model.drivers.get_mut(name) else { return };
        let text = format!("said {word}");
        listed.describe = Some(text.clone());
        let id = listed.id;
        let change = protocol::thor::DriverUpdate { id, name: None, environment: None, describe: Some(text) };
        self.on(async |center: &Center| center.update_driver(&actor(), change).await).unwrap();
        match self.model.is_editing {
            true => self.model.changed(id, Change::Update),
            // It touches no file, so without an edit it holds at once.
            false => self.model.saved.clone_from(&self.model.drivers),
        }
    }

    fn discard(&mut self) {
        let outcome = self.on(async |center: &Center| center.discard(&actor()).await);
        if !self.model.is_editing {
            return assert_eq!(notice(outcome.unwrap_err()), "center.not_editing");
        }
        outcome.unwrap();
        self.model.drivers.clone_from(&self.model.saved);
        self.model.close();
    }

    fn save(&mut self) {
        let begun = self.on(async |center: &Center| center.save(&actor(), None).await);
        if !self.model.is_editing {
            return assert_eq!(notice(begun.unwrap_err()), "center.not_editing");
        }
        let id = begun.unwrap().id;
        let ended = self.on(async |center: &Center| center.wait_operation(id).await).unwrap();
        assert_eq!(ended.error, None);
        if !self.model.changes.is_empty() {
            self.model.history.push(self.model.packages());
        }
        self.model.close();
        self.meet_terminal();
    }

    fn grow(&mut self, more: u64) {
        let size = self.model.virtual_bytes + more;
        let begun = self.on(async |center: &Center| center.grow(&actor(), size, None).await);
        if self.model.is_editing {
            return assert_eq!(notice(begun.unwrap_err()), "version.edit_open");
        }
        if more == 0 {
            return assert_eq!(notice(begun.unwrap_err()), "disk.not_larger");
        }
        let id = begun.unwrap().id;
        let ended = self.on(async |center: &Center| center.wait_operation(id).await).unwrap();
        assert_eq!(ended.error, None);
        self.model.virtual_bytes = size;
        self.model.history.push(self.model.packages());
        self.meet_terminal();
    }

    /// The terminal that is there from the first version on.
    fn meet_terminal(&mut self) {
        if self.model.history.len() == 2 && self.terminal.is_none() {
            let place = self.site.directory.path().join("terminal");
            self.terminal = Some(self.on(async |center: &Center| Copy::of(center, &place)));
        }
    }

    /// Everything that a person can see equals the model.
    fn compare(&self) {
        self.on(async |center: &Center| {
            let status = center.status(&actor(), &|error| error.to_string()).await.unwrap();
            assert_eq!((status.mount_status, status.problem, status.operation), (1, None, None));
            assert_eq!(status.edit.is_some(), self.model.is_editing);
            assert_eq!(status.virtual_bytes, self.model.virtual_bytes);
            let kinds =
                center.changes().await.unwrap().into_iter().map(|change| (change.driver_id, change.kind));
            let expected = self.model.changes.iter().map(|(id, change)| (*id, change.word().to_owned()));
            assert_eq!(kinds.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            let listed: BTreeMap<String, Listed> =
                center.drivers().await.unwrap().into_iter().map(named).collect();
            let expected: BTreeMap<String, Listed> = self
                .model
                .drivers
                .iter()
                .map(|(name, listed)| ((*name).to_owned(), listed.clone()))
                .collect();
            assert_eq!(listed, expected);
            let files: BTreeSet<String> =
                center.list_files("/sys/tq").await.unwrap().into_iter().map(|entry| entry.name).collect();
            assert_eq!(files, self.model.packages().into_iter().map(str::to_owned).collect());
            assert_eq!(status.version as usize, self.model.history.len() - 1);
            self.compare_versions(center).await;
        });
    }

    async fn compare_versions(&self, center: &Center) {
        let mut rows = center.versions(0, 100).await.unwrap();
        rows.reverse();
        assert_eq!(rows.len(), self.model.history.len());
        for (number, row) in rows.iter().enumerate() {
            let packages = &self.model.history[number];
            assert_eq!((row.number, row.packages), (number as u64, packages.len() as u64));
            let before = number.checked_sub(1).map(|before| &self.model.history[before]);
            let new = packages.iter().filter(|name| before.is_none_or(|before| !before.contains(*name)));
            assert!(new.clone().all(|name| row.added.iter().any(|added| added == name)), "{row:?}");
        }
    }

    /// Each file is as it was imported, and the first terminal gets there by patches.
    fn conclude(&self) {
        self.on(async |center: &Center| {
            for name in self.model.drivers.keys() {
                let file = format!("/sys/tq/{name}/{name}/device.sys");
                assert!(read(center, &file).await == noise(name, SIZE), "{file} is another one");
            }
            if let Some(terminal) = &self.terminal {
                terminal.follow(center).await;
            }
        });
    }
}

fn named(driver: protocol::thor::SystemDriver) -> (String, Listed) {
    (driver.name, Listed { id: driver.id, describe: driver.describe })
}

fn notice(error: Error) -> String {
    error.notice().map(|notice| notice.id.to_string()).unwrap_or_else(|| error.to_string())
}

#[test]
fn any_sequence_of_operations_does_what_a_person_would_expect() {
    let material = Material::make();
    let config = Config {
        cases: 10,
        rng_seed: RngSeed::Fixed(20_240_506),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&actions(), |actions| {
        let site = Site::of_sqlite();
        let life = Some(Life::begin(&site, Arc::new(Machine)));
        let model = Model { history: vec![BTreeSet::new()], virtual_bytes: DISK_BYTES, ..Model::default() };
        let mut run = Run { material: &material, site, life, model, terminal: None };
        for action in actions {
            run.act(action);
            run.compare();
        }
        run.conclude();
        run.life.take().unwrap().end();
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
