//! Reports of terminals: memory first, and written many at once.
//!
//! A terminal reports once a minute, and most reports say nothing but that it lives. So what the database says of each
//! terminal is kept in memory, and a report is compared with that:
//!
//! | what is new | when it is written | lost when the process dies |
//! | --- | --- | --- |
//! | version, root, state, message, mode, address, a push that is fulfilled, the first report | before the answer, together with whatever else waits | never |
//! | progress; all of a terminal that counts as a running task | within a second | what came after |
//! | only the time | within [`BEATS_SECONDS`], to the second | what came after |
//!
//! Whoever asks which terminals count as running tasks has the second kind written first, so the answer is exact. An orderly
//! stop writes everything. What was not written is said again by the next report.
//!
//! Whose secret it is, and what the terminal is told to do, is kept only until the next transaction that is no report: a
//! terminal that is removed is refused, and one that is pushed is told, as soon as that is committed. Where a terminal enrols
//! again, what its former secret has said is dropped or was written before, also what was on its way ([`enrolment`]). Secrets themselves are
//! kept nowhere. A row that somebody removed by hand is noticed when the report is written.
//!
//! Browsers hear that something changed at terminals at most once in [`NEWS_PAUSE`], not of each.

mod enrolment;
mod roster;
mod write;

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use fault::{Error, Result};
use protocol::api;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use tokio::sync::OwnedMutexGuard;
use tokio::sync::oneshot::error::TryRecvError;

use crate::accounts::{self, Principal, Secret};
use crate::center::{Center, Inner};
use crate::db::entities::terminal::{Column, Entity, TerminalState};
use crate::db::{DateTime, DbContext, Kept, SoftDelete};
use crate::{limits, settings, terminals};

pub(crate) use roster::Part;
use roster::{Epoch, Orders, Outcome, Passing, Read, Roster, Said, Taken, heard, not_written};

/// Seconds between the reports of a terminal at rest.
const REPORT_SECONDS: u32 = 60;
/// How often what waits is written.
const TICK: Duration = Duration::from_secs(1);
/// Seconds after which the time of a report is written at the latest. Each of these writes touches most of the table, so
/// they cost the less the rarer they are.
const BEATS_SECONDS: u32 = 10;
/// Shortest time between two events about terminals.
const NEWS_PAUSE: Duration = Duration::from_secs(1);
/// How often a terminal is looked up for one report: it may have been forgotten meanwhile.
const LOOKUPS: usize = 3;

/// What is in memory, and whose turn it is to write it.
#[derive(Default)]
pub(crate) struct Reports {
    roster: Roster,
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Whether terminals take new versions by themselves.
    auto_update: Kept<bool>,
    news: Mutex<News>,
}

/// What browsers have heard of terminals.
#[derive(Default)]
struct News {
    told_at: Option<Instant>,
    untold: Option<String>,
}

impl Center {
    /// Finds out whose secret this is. It is not asked of the database for each report of a terminal.
    pub async fn authenticate(&self, secret: &Secret, now: DateTime) -> Result<Principal> {
        let Some(hash) = secret.hash_of_terminal() else {
            return accounts::authenticate(&self.db, secret, now).await;
        };
        let (roster, epoch) = (&self.reports.roster, self.db.commits());
        if let Some(id) = roster.owner(&hash, epoch) {
            return Ok(Principal::Terminal { id });
        }
        let principal = accounts::authenticate(&self.db, secret, now).await?;
        if let Principal::Terminal { id } = &principal {
            roster.trust(hash, epoch, id);
        }
        Ok(principal)
    }

    /// To be asked before it is found out who calls: a proof that is older than a change of secrets is worth nothing.
    pub fn moment_of_proof(&self) -> u64 {
        self.db.commits()
    }

    /// Takes the report of a terminal that has just proved who it is.
    pub async fn report(
        &self,
        id: &str,
        report: api::Report,
        address: Option<String>,
    ) -> Result<api::Directive> {
        self.report_proved(id, self.moment_of_proof(), report, address).await
    }

    /// Takes the report of who proved then to be this terminal, and tells it what to do.
    pub async fn report_proved(
        &self,
        id: &str,
        proved_at: u64,
        report: api::Report,
        address: Option<String>,
    ) -> Result<api::Directive> {
        let version = self.publisher.version();
        let orders = self.take_report((id, proved_at), what_it_says(report, address)).await?;
        let is_auto_update = async { Ok(settings::load(&self.db).await?.is_auto_update) };
        let is_auto_update = self.reports.auto_update.get(&self.db, is_auto_update).await?;
        let (is_open, is_pushed) = (self.rules.is_open(self.host.now()), orders.push_version.is_some());
        Ok(api::Directive {
            update: is_pushed || (is_auto_update && is_open),
            outside_window: is_auto_update && !is_open && !is_pushed,
            version,
            report_after_seconds: REPORT_SECONDS,
            listen: true,
            hg_notices: orders.hg_notices.max(0) as u64,
        })
    }

    async fn take_report(&self, from: (&str, Epoch), said: (Said, Passing)) -> Result<Orders> {
        let (epoch, roster, id) = (self.db.commits(), &self.reports.roster, from.0);
        for _ in 0..=LOOKUPS {
            match roster.take(from, said.clone(), self.host.now(), epoch) {
                Taken::Unknown => self.look_up(id).await?,
                Taken::Replaced => return Err(accounts::unknown_terminal()),
                Taken::Kept(orders) => return Ok(orders),
                Taken::Waits(orders, outcome) => {
                    self.write_with_others(outcome).await?;
                    return Ok(orders);
                }
            }
        }
        Err(Error::busy(format!("terminal {id} changes too often")))
    }

    /// Reads a terminal. What it has said of its hardware is long and not needed.
    async fn look_up(&self, id: &str) -> Result<()> {
        let (epoch, forgotten) = (self.db.commits(), self.reports.roster.forgotten());
        let query = Entity::find_live().filter(Column::Id.eq(id)).select_only().columns([
            Column::Version,
            Column::Root,
            Column::State,
            Column::Message,
            Column::Mode,
            Column::ProgressDone,
            Column::ProgressTotal,
            Column::Address,
            Column::LastSeenAt,
            Column::PushVersion,
            Column::HgNotices,
        ]);
        let found = query.into_tuple::<Columns>().one(&self.db).await.db_context(|| "read a terminal")?;
        let Some(found) = found else {
            self.reports.roster.forget(id);
            return Err(terminals::no_terminal(id));
        };
        self.reports.roster.learn(id, read(found), epoch, forgotten);
        Ok(())
    }

    /// Waits until a change was written: by whoever has the turn before, or together with all that waits then.
    async fn write_with_others(&self, mut outcome: Outcome) -> Result<()> {
        let turn = self.reports.turn.clone().lock_owned().await;
        match outcome.try_recv() {
            Ok(outcome) => return heard(Ok(outcome)),
            // A newer report took its place, or another secret the terminal's: nothing comes of it any more.
            Err(TryRecvError::Closed) => return Err(not_written()),
            Err(TryRecvError::Empty) => {}
        }
        let center = self.clone();
        // Others wait for it, too: it does not end with this request.
        tokio::spawn(async move { center.write_batch(Part::Changes, turn).await });
        heard(outcome.await)
    }

    /// Writes what waits.
    pub(crate) async fn write_reports(&self, part: Part) -> Result<()> {
        let turn = self.reports.turn.clone().lock_owned().await;
        let center = self.clone();
        let writing = tokio::spawn(async move { center.write_batch(part, turn).await });
        writing.await.map_err(|error| Error::bug(format!("write reports: {error}")))?
    }

    async fn write_batch(&self, part: Part, _turn: OwnedMutexGuard<()>) -> Result<()> {
        let batch = self.reports.roster.begin(part);
        let Some(one) = batch.any() else { return Ok(()) };
        match write::store(&self.db, &batch).await {
            Ok(missing) => {
                self.reports.roster.written(batch, &missing);
                self.tell_of_terminals(Some(one));
                Ok(())
            }
            Err(error) => {
                self.reports.roster.failed(batch, &error);
                Err(error)
            }
        }
    }

    /// Tells browsers that something changed at terminals, now or when the pause is over.
    pub(crate) fn tell_of_terminals(&self, one: Option<String>) {
        let mut news = self.reports.news.lock().unwrap_or_else(PoisonError::into_inner);
        news.untold = one.or_else(|| news.untold.take());
        if news.told_at.is_some_and(|told_at| told_at.elapsed() < NEWS_PAUSE) {
            return;
        }
        if let Some(id) = news.untold.take() {
            news.told_at = Some(Instant::now());
            self.emit(api::Event::Terminal { id });
        }
    }

    /// Writes what waits, again and again, until nobody has this center any more.
    pub(crate) fn keep_writing_reports(&self) {
        let inner = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            let mut clock = tokio::time::interval(TICK);
            clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            for second in 1.. {
                clock.tick().await;
                let Some(center) = alive(&inner) else { return };
                let part = if second % BEATS_SECONDS == 0 { Part::All } else { Part::Running };
                if let Err(error) = center.write_reports(part).await {
                    tracing::warn!(target: "voi_drive_img_manage", %error, "reports of terminals wait to be written");
                }
                center.tell_of_terminals(None);
            }
        });
    }
}

fn alive(inner: &Weak<Inner>) -> Option<Center> {
    inner.upgrade().map(Center)
}

fn what_it_says(report: api::Report, address: Option<String>) -> (Said, Passing) {
    let cut = |text: String| text.chars().take(limits::TERMINAL_MESSAGE_CHARS_MAX).collect();
    let said = Said {
        version: report.version as i64,
        root: Some(report.root).filter(|root| root.len() == 64),
        state: terminals::stored(report.state),
        message: report.message.map(cut),
        mode: report.mode.map(terminals::mode_name),
    };
    (said, Passing { done: report.done as i64, total: report.total as i64, address })
}

/// As [`Center::look_up`] asks for them.
type Columns = (
    Option<i64>,
    Option<String>,
    TerminalState,
    Option<String>,
    Option<String>,
    i64,
    i64,
    Option<String>,
    Option<DateTime>,
    Option<i64>,
    i64,
);

fn read(columns: Columns) -> Read {
    let (version, root, state, message, mode, done, total, address, seen, push_version, hg_notices) = columns;
    let mode = mode.as_deref().and_then(terminals::mode_of).map(terminals::mode_name);
    Read {
        said: Said { version: version.unwrap_or(0), root, state, message, mode },
        passing: Passing { done, total, address },
        has_reported: seen.is_some(),
        orders: Orders { push_version, hg_notices },
    }
}
