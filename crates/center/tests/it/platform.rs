//! An existing platform, as a save meets it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use center::db::entities::terminal::{self, TerminalState};
use center::{Actor, Center, Mirror, Platform};
use fault::{Error, Kind, Result};
use image_store::{DirectoryStore, ImageId, ImageStore as _};
use protocol::api::Operation;
use protocol::thor::DriverUpdate;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait as _;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::adopting::old_base;
use crate::site::{DISK_BYTES, Site, actor, save};
use crate::terminals::put;

/// Looks at what it is asked about, as platforms do, and keeps which Base each was to be merged into.
#[derive(Debug, Default)]
struct Looking(Mutex<Vec<Option<String>>>);

impl Looking {
    fn looks(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn destination(&self) -> Option<ImageId> {
        let destinations = self.0.lock().unwrap();
        destinations.last().unwrap().as_deref().map(|id| ImageId::parse(id).unwrap())
    }
}

impl Platform for Looking {
    fn is_send_task(&self) -> Result<bool> {
        Ok(false)
    }

    fn can_upload_and_commit(&self, source: &str, destination: Option<&str>) -> Result<bool> {
        self.0.lock().unwrap().push(destination.map(str::to_owned));
        Ok(Path::new(source).is_file())
    }

    fn notify_heterogeneous(&self, _ids: &[String]) -> Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_about_an_image_that_is_there_also_where_nothing_was_edited() {
    let (old, base) = old_base().await;
    let (site, platform) = (Site::new().await, Arc::new(Looking::default()));
    let asked = platform.clone();
    let center = site
        .open_with(|config| {
            config.adopt = Some(base);
            config.platform = Some(asked);
        })
        .await;
    let publishes_unchanged =
        async || center.status(&actor(), &ToString::to_string).await.unwrap().publishes_unchanged;
    assert!(publishes_unchanged().await);
    center.begin_edit(&actor()).await.unwrap();
    assert_eq!((save(&center).await, platform.looks()), (1, 1));
    assert!(!publishes_unchanged().await);

    center.begin_edit(&actor()).await.unwrap();
    assert_eq!((save(&center).await, platform.looks()), (1, 1), "what publishes nothing needs no room");
    assert!(!center.data_dir().active().exists());

    // As after a crash: the edit is recorded, and its Active is gone.
    site.import(&center, "fan").await;
    std::fs::remove_file(center.data_dir().active()).unwrap();
    drop(center);
    let again = platform.clone();
    let center = site.open_with(|config| config.platform = Some(again)).await;
    assert_eq!((save(&center).await, platform.looks()), (2, 2));
    drop(old);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_about_no_base_that_is_in_no_store() {
    let (site, platform) = (Site::new().await, Arc::new(Looking::default()));
    let asked = platform.clone();
    let center = site.open_with(|config| config.platform = Some(asked)).await;
    site.import(&center, "first").await;
    save(&center).await;
    let first = platform.destination().expect("the first Base is registered");
    assert_eq!(site.store().describe(&first).unwrap().meta.version, 0);
    site.import(&center, "second").await;
    save(&center).await;
    assert_eq!(platform.destination(), None);

    let mirror = Arc::new(DirectoryStore::open(site.directory.path().join("mirror")).unwrap());
    center.mirror_to(Mirror { store: mirror.clone(), base_every: 1 });
    // Sooner or later a Base is there before the next save.
    for number in 1.. {
        site.import(&center, &format!("more {number}")).await;
        save(&center).await;
        let described = platform.destination().map(|base| mirror.describe(&base));
        match described {
            // None is there yet, or a newer one has taken its place since.
            None => {}
            Some(Err(error)) => assert_eq!(error.kind(), Kind::NotFound, "{error}"),
            Some(Ok(base)) => {
                assert_eq!(base.meta.properties["kind"], "base");
                break;
            }
        }
        assert!(number < 30);
        tokio::time::sleep(Duration::from_millis(100 * number)).await;
    }
}

/// Says that it was asked whether tasks are running, and answers what it is told to, when it is told to.
#[derive(Debug)]
struct Slow {
    asked: mpsc::UnboundedSender<()>,
    answer: Mutex<std::sync::mpsc::Receiver<bool>>,
}

/// Whoever tells it.
struct Slowly {
    was_asked: mpsc::UnboundedReceiver<()>,
    answers: std::sync::mpsc::Sender<bool>,
}

impl Slowly {
    async fn open(site: &Site) -> (Self, Center) {
        let (asked, was_asked) = mpsc::unbounded_channel();
        let (answers, answer) = std::sync::mpsc::channel();
        let platform = Arc::new(Slow { asked, answer: Mutex::new(answer) });
        let center = site.open_with(|config| config.platform = Some(platform)).await;
        (Self { was_asked, answers }, center)
    }

    fn answer(&self, is_send_task: bool) {
        self.answers.send(is_send_task).unwrap();
    }

    /// Waits until the center asks.
    async fn asked(&mut self) {
        self.was_asked.recv().await.unwrap();
    }

    async fn save(&mut self, center: &Center) -> u64 {
        self.answer(false);
        let version = save(center).await;
        self.asked().await;
        version
    }
}

impl Platform for Slow {
    fn is_send_task(&self) -> Result<bool> {
        self.asked.send(()).map_err(|_| Error::bug("nobody listens"))?;
        self.answer.lock().unwrap().recv().map_err(|_| Error::bug("nobody answers"))
    }

    fn can_upload_and_commit(&self, _source: &str, _destination: Option<&str>) -> Result<bool> {
        Ok(true)
    }

    fn notify_heterogeneous(&self, _ids: &[String]) -> Result<()> {
        Ok(())
    }
}

/// Why nothing can be saved now.
async fn reason(center: &Center) -> Option<String> {
    let explain = |error: &Error| error.notice().unwrap().id.to_string();
    let actions = center.status(&actor(), &explain).await.unwrap().allowed_actions;
    actions.into_iter().find(|known| known.action == "save").unwrap().reason
}

/// Begins something that waits for the platform.
fn begin<F>(center: &Center, ask: impl FnOnce(Center) -> F) -> JoinHandle<Result<Operation>>
where
    F: Future<Output = Result<Operation>> + Send + 'static,
{
    tokio::spawn(ask(center.clone()))
}

/// Why it was refused.
async fn notice(asking: JoinHandle<Result<Operation>>) -> String {
    asking.await.unwrap().unwrap_err().notice().unwrap().id.to_string()
}

async fn names(center: &Center) -> Vec<String> {
    center.drivers().await.unwrap().into_iter().map(|driver| driver.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_is_opened_while_it_is_asked_is_not_rolled_back_or_grown_over() {
    let site = Site::new().await;
    let (mut platform, center) = Slowly::open(&site).await;
    site.import(&center, "a").await;
    platform.save(&center).await;
    let b = site.import(&center, "b").await;
    platform.save(&center).await;

    for grows in [false, true] {
        let asking = begin(&center, move |center| async move {
            match grows {
                true => center.grow(&actor(), 2 * DISK_BYTES, None).await,
                false => center.rollback(&actor(), 1, None).await,
            }
        });
        platform.asked().await;
        center.begin_edit(&actor()).await.unwrap();
        let renamed = DriverUpdate { id: b, name: Some("c".into()), environment: None, describe: None };
        center.update_driver(&actor(), renamed).await.unwrap();
        platform.answer(false);
        assert_eq!(notice(asking).await, "version.edit_open");
        assert_eq!(names(&center).await, ["c", "a"]);
        center.discard(&actor()).await.unwrap();
    }
    assert_eq!(names(&center).await, ["b", "a"]);
    assert_eq!(center.list_files("/sys/tq").await.unwrap().len(), 2);
    assert_eq!(center.status(&actor(), &ToString::to_string).await.unwrap().version, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_is_taken_over_while_it_is_asked_is_not_saved_by_whoever_had_it() {
    let site = Site::new().await;
    let (mut platform, center) = Slowly::open(&site).await;
    site.import(&center, "a").await;
    let saving = begin(&center, async |center| center.save(&actor(), None).await);
    platform.asked().await;
    let other = Actor { name: "other".into(), address: None };
    center.take_edit_over(&other).await.unwrap();
    platform.answer(false);
    assert_eq!(notice(saving).await, "edit.held");
    assert_eq!(center.changes().await.unwrap().len(), 1);

    platform.answer(false);
    let saved = center.save(&other, None).await.unwrap();
    assert_eq!(center.wait_operation(saved.id).await.unwrap().error, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_begins_to_fetch_while_it_is_asked_is_waited_for() {
    let site = Site::new().await;
    let (mut platform, center) = Slowly::open(&site).await;
    site.import(&center, "a").await;
    platform.save(&center).await;
    let rolling_back = begin(&center, async |center| center.rollback(&actor(), 0, None).await);
    platform.asked().await;
    put(&center, "fetches", |row| row.state = Set(TerminalState::Downloading)).await;
    platform.answer(false);
    assert_eq!(notice(rolling_back).await, "version.send_task");

    terminal::Entity::delete_many().exec(center.db()).await.unwrap();
    site.import(&center, "b").await;
    let saving = begin(&center, async |center| center.save(&actor(), None).await);
    platform.asked().await;
    put(&center, "fetches", |row| row.state = Set(TerminalState::Downloading)).await;
    platform.answer(false);
    assert_eq!(notice(saving).await, "center.send_task");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_waits_for_its_turn_is_not_what_others_wait_for() {
    let site = Site::new().await;
    let (mut platform, center) = Slowly::open(&site).await;
    site.import(&center, "first").await;
    let saving = begin(&center, async |center| center.save(&actor(), None).await);
    platform.asked().await;
    let archive = site.archive("second", 10_000);
    let (_, import) = center.start_import(&actor(), site.upload(&center, &archive)).await.unwrap();
    assert_eq!(reason(&center).await.as_deref(), Some("center.busy"));
    platform.answer(true);
    assert_eq!(notice(saving).await, "center.send_task");
    import.await.unwrap().unwrap();
    assert_eq!(reason(&center).await, None);
}
