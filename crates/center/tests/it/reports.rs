//! Reports of terminals: what is written when, what a death of the process costs, and who may report.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use center::accounts::{self, NewEnrolmentToken, NewTerminal, Principal, Secret};
use center::db::entities::terminal::{self, TerminalState as Stored};
use center::db::{self, Db};
use center::{Center, Chosen, Host, Machine};
use chrono::{NaiveDateTime, TimeDelta};
use fault::Kind;
use protocol::api::{Event, Report, TerminalState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::site::{Site, actor, save};

/// A machine whose clock goes ahead when a test says so.
#[derive(Default)]
struct Ahead(AtomicI64);

impl Host for Ahead {
    fn now(&self) -> NaiveDateTime {
        Machine.now() + chrono::Duration::seconds(self.0.load(Ordering::SeqCst))
    }

    fn free_bytes(&self, path: &std::path::Path) -> fault::Result<u64> {
        Machine.free_bytes(path)
    }
}

struct Terminal {
    id: String,
    secret: Secret,
}

async fn enrol(center: &Center, count: u32) -> Vec<Terminal> {
    let (now, mut random) = (db::now(), accounts::system_random());
    let new =
        NewEnrolmentToken { name: "t", uses: count, lifetime: TimeDelta::hours(1), created_by: "admin" };
    let (_, token) = accounts::create_enrolment_token(center.db(), new, now, &mut random).await.unwrap();
    let mut terminals = Vec::new();
    for number in 0..count {
        let name = format!("t{number}");
        let enrolled =
            accounts::enrol_terminal(center.db(), NewTerminal::new(&token, &name, ""), now, &mut random)
                .await
                .unwrap();
        terminals.push(Terminal { id: enrolled.id, secret: enrolled.secret });
    }
    terminals
}

fn says(state: TerminalState, done: u64) -> Report {
    let (root, program) = (String::new(), "test".into());
    Report { version: 0, root, state, done, total: 9, message: None, program, mode: None }
}

/// What another process finds in the database, which is what a death of this one leaves.
async fn found(outside: &Db, id: &str) -> terminal::Model {
    terminal::Entity::find_by_id(id).one(outside).await.unwrap().unwrap()
}

async fn remove(db: &impl ConnectionTrait, id: &str) {
    terminal::Entity::update_many()
        .col_expr(terminal::Column::DeletedAt, Expr::value(db::now()))
        .filter(terminal::Column::Id.eq(id))
        .exec(db)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_written_before_it_is_answered_and_a_time_is_written_later() {
    let (site, host) = (Site::new().await, Arc::new(Ahead::default()));
    let center = site.open_on(host.clone()).await.unwrap();
    let outside = db::connect(&site.url).await.unwrap();
    let id = enrol(&center, 1).await.remove(0).id;
    center.report(&id, says(TerminalState::Idle, 0), Some("10.0.0.1".into())).await.unwrap();
    let first = found(&outside, &id).await;
    assert_eq!((first.state, first.address.as_deref()), (Stored::Idle, Some("10.0.0.1")));

    host.0.store(60, Ordering::SeqCst);
    center.report(&id, says(TerminalState::Idle, 0), Some("10.0.0.1".into())).await.unwrap();
    assert_eq!(found(&outside, &id).await.last_seen_at, first.last_seen_at, "a heartbeat costs no write");
    for state in [TerminalState::Waiting, TerminalState::Error, TerminalState::Idle] {
        let report = Report { message: Some(format!("{state:?}")), ..says(state, 0) };
        center.report(&id, report, None).await.unwrap();
        assert_eq!(found(&outside, &id).await.message, Some(format!("{state:?}")));
    }
    let root = Report { version: 7, root: "ab".repeat(32), ..says(TerminalState::Idle, 0) };
    center.report(&id, root.clone(), None).await.unwrap();
    let changed = found(&outside, &id).await;
    assert_eq!((changed.version, changed.root.as_deref()), (Some(7), Some(root.root.as_str())));

    host.0.store(120, Ordering::SeqCst);
    center.report(&id, root, None).await.unwrap();
    // An orderly end loses nothing.
    center.close().await;
    let seen = found(&outside, &id).await.last_seen_at.unwrap();
    assert!(seen - changed.last_seen_at.unwrap() >= TimeDelta::seconds(58), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_of_the_process_loses_times_and_nothing_that_counts_for_saving() {
    let site = Site::new().await;
    let center = site.open().await;
    let terminals = enrol(&center, 3).await;
    for terminal in &terminals {
        center.report(&terminal.id, says(TerminalState::Downloading, 1), None).await.unwrap();
        center.report(&terminal.id, says(TerminalState::Downloading, 5), None).await.unwrap();
    }
    for terminal in &terminals[1..] {
        center.report(&terminal.id, says(TerminalState::Idle, 0), None).await.unwrap();
    }
    // Not closed. A center that comes after it knows that the first one is at work.
    drop(center);
    let center = site.open().await;
    assert!(center.is_send_task().await.unwrap());
    center.report(&terminals[0].id, says(TerminalState::Idle, 0), None).await.unwrap();
    assert!(!center.is_send_task().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn which_terminals_count_as_running_tasks_is_exact_whatever_is_written() {
    let (site, host) = (Site::new().await, Arc::new(Ahead::default()));
    let center = site.open_on(host.clone()).await.unwrap();
    let id = enrol(&center, 1).await.remove(0).id;
    let report = async |seconds: i64, state| {
        host.0.store(seconds, Ordering::SeqCst);
        center.report(&id, says(state, 1), None).await.unwrap();
    };
    let counts = async |seconds: i64| {
        host.0.store(seconds, Ordering::SeqCst);
        center.is_send_task().await.unwrap()
    };
    report(0, TerminalState::Applying).await;
    // Says nothing new, so it is not written for its own sake; a silence is measured from here all the same.
    report(100, TerminalState::Applying).await;
    assert!(counts(210).await);
    assert!(!counts(230).await, "a terminal that fell silent does not count for ever");
    report(231, TerminalState::Applying).await;
    assert!(counts(231).await);
    report(232, TerminalState::Idle).await;
    assert!(!counts(232).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_fell_silent_keeps_saves_back_for_as_long_as_is_configured() {
    let (site, host) = (Site::new().await, Arc::new(Ahead::default()));
    let center = site.open_as(host.clone(), |config| config.task_timeout_seconds = 600).await.unwrap();
    site.import(&center, "net").await;
    let id = enrol(&center, 1).await.remove(0).id;
    center.report(&id, says(TerminalState::Downloading, 1), None).await.unwrap();
    host.0.store(580, Ordering::SeqCst);
    let refused = center.save(&actor(), None).await.unwrap_err();
    assert_eq!(refused.notice().unwrap().id, "center.send_task");
    host.0.store(620, Ordering::SeqCst);
    assert_eq!(save(&center).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_is_removed_is_refused_at_once() {
    let site = Site::new().await;
    let center = site.open().await;
    let terminals = enrol(&center, 2).await;
    let knows = async |number: usize| center.authenticate(&terminals[number].secret, db::now()).await;
    for (number, terminal) in terminals.iter().enumerate() {
        assert_eq!(knows(number).await.unwrap(), Principal::Terminal { id: terminal.id.clone() });
        center.report(&terminal.id, says(TerminalState::Idle, 0), None).await.unwrap();
        knows(number).await.unwrap();
    }
    let txn = center.db().begin().await.unwrap();
    remove(&txn, &terminals[0].id).await;
    db::commit(txn).await.unwrap();
    assert_eq!(knows(0).await.unwrap_err().kind(), Kind::Denied);
    knows(1).await.unwrap();

    // By hand, where the center cannot hear of it: with the next report that is written.
    let outside = db::connect(&site.url).await.unwrap();
    remove(&outside, &terminals[1].id).await;
    let refused = center.report(&terminals[1].id, says(TerminalState::Waiting, 0), None).await.unwrap_err();
    assert_eq!(refused.notice().unwrap().id, "terminal.not_found");
    assert_eq!(knows(1).await.unwrap_err().kind(), Kind::Denied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_by_hand_is_noticed_by_a_heartbeat() {
    let site = Site::new().await;
    let center = site.open().await;
    let terminal = enrol(&center, 1).await.remove(0);
    for _ in 0..2 {
        center.authenticate(&terminal.secret, db::now()).await.unwrap();
        center.report(&terminal.id, says(TerminalState::Idle, 0), None).await.unwrap();
    }
    remove(&db::connect(&site.url).await.unwrap(), &terminal.id).await;
    center.report(&terminal.id, says(TerminalState::Idle, 0), None).await.unwrap();
    center.close().await;
    let refused = center.authenticate(&terminal.secret, db::now()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Denied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_is_told_with_the_next_report_and_ends_with_the_version() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "net").await;
    save(&center).await;
    center.set_auto_update(&actor(), false).await.unwrap();
    let id = enrol(&center, 1).await.remove(0).id;
    let told = async |version| {
        let report = Report { version, ..says(TerminalState::Idle, 0) };
        center.report(&id, report, None).await.unwrap().update
    };
    assert_eq!([told(0).await, told(0).await], [false, false]);
    let this = Chosen::of(vec![id.clone()], Vec::new(), None).unwrap();
    center.push(&actor(), &this).await.unwrap();
    assert_eq!([told(0).await, told(0).await], [true, true]);
    assert_eq!([told(1).await, told(0).await], [false, false], "it had what it was pushed to take");
    let outside = db::connect(&site.url).await.unwrap();
    assert_eq!(found(&outside, &id).await.push_version, None);
    center.push(&actor(), &this).await.unwrap();
    assert!(told(0).await);
    center.set_auto_update(&actor(), true).await.unwrap();
    assert!(told(1).await, "all may take new versions by themselves");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_is_refused_and_taken_the_next_time() {
    let site = Site::of_sqlite();
    let center = site.open().await;
    let id = enrol(&center, 1).await.remove(0).id;
    center.report(&id, says(TerminalState::Idle, 0), None).await.unwrap();
    let outside = db::connect(&site.url).await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON terminals BEGIN SELECT RAISE(FAIL, 'no'); END";
    outside.execute_unprepared(refuse).await.unwrap();
    center.report(&id, says(TerminalState::Downloading, 0), None).await.unwrap_err();
    assert_eq!(found(&outside, &id).await.state, Stored::Idle);
    outside.execute_unprepared("DROP TRIGGER refuse").await.unwrap();
    assert!(!center.is_send_task().await.unwrap(), "nobody was told that it was taken");
    center.report(&id, says(TerminalState::Downloading, 0), None).await.unwrap();
    assert_eq!(found(&outside, &id).await.state, Stored::Downloading);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_reports_at_once_the_last_of_each_terminal_stands() {
    let site = Site::new().await;
    let center = site.open().await;
    let mut events = center.events();
    let terminals = enrol(&center, 60).await;
    let states = [TerminalState::Idle, TerminalState::Downloading, TerminalState::Applying];
    let reporting = terminals.iter().enumerate().map(|(number, terminal)| {
        let (center, id) = (center.clone(), terminal.id.clone());
        tokio::spawn(async move {
            for turn in 0..=20 + number {
                center.report(&id, says(states[turn % 3], turn as u64), None).await.unwrap();
            }
        })
    });
    let begun = std::time::Instant::now();
    for reporting in reporting.collect::<Vec<_>>() {
        reporting.await.unwrap();
    }
    let outside = db::connect(&site.url).await.unwrap();
    for (number, terminal) in terminals.iter().enumerate() {
        let expected = [Stored::Idle, Stored::Downloading, Stored::Applying][(20 + number) % 3];
        assert_eq!(found(&outside, &terminal.id).await.state, expected, "terminal {number}");
    }
    // Browsers are not told of each.
    let mut told = 0;
    while let Ok(Ok(event)) = tokio::time::timeout(Duration::ZERO, events.recv()).await {
        told += u64::from(matches!(event, Event::Terminal { .. }));
    }
    assert!((1..=begun.elapsed().as_secs() + 1).contains(&told), "{told} events in {:?}", begun.elapsed());
}
