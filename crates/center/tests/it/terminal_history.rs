//! How terminals stood over time.

use std::path::Path;
use std::sync::{Arc, Mutex};

use center::db::entities::terminal_history::{Column, Entity};
use center::{Center, Host, Machine, db};
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use protocol::api::{Span, TerminalHistory};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::site::{Site, save};
use crate::terminals::{behind, put};

/// A machine whose clock a test sets.
struct Clock(Mutex<NaiveDateTime>);

impl Clock {
    /// At the begin of some two hours, less than two hours ago.
    fn new() -> Arc<Self> {
        let seconds = db::now().and_utc().timestamp();
        let begin = DateTime::from_timestamp(seconds - seconds % 7200, 0).unwrap().naive_utc();
        Arc::new(Self(Mutex::new(begin)))
    }

    fn go(&self, seconds: i64) {
        *self.0.lock().unwrap() += TimeDelta::seconds(seconds);
    }
}

impl Host for Clock {
    fn now(&self) -> NaiveDateTime {
        *self.0.lock().unwrap()
    }

    fn free_bytes(&self, path: &Path) -> fault::Result<u64> {
        Machine.free_bytes(path)
    }
}

/// The seconds since `begin`, how many were identical, behind and offline.
fn told(history: &TerminalHistory, begin: NaiveDateTime) -> Vec<(i64, f64, f64, f64)> {
    let since = |at: &str| (DateTime::parse_from_rfc3339(at).unwrap().naive_utc() - begin).num_seconds();
    let points = history.points.iter();
    points.map(|point| (since(&point.at), point.identical, point.behind, point.offline)).collect()
}

async fn rows(center: &Center, every_seconds: i64) -> u64 {
    let rows = Entity::find().filter(Column::EverySeconds.eq(every_seconds));
    rows.count(center.db()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_become_means_and_gaps_stay_gaps() {
    let (site, clock) = (Site::new().await, Clock::new());
    let begin = clock.now();
    let center = site.open_on(clock.clone()).await.unwrap();
    let nothing = center.terminal_history(Span::Day).await.unwrap();
    assert_eq!((nothing.points.len(), nothing.versions.len(), nothing.every_seconds), (0, 0, 300));

    put(&center, "well", |_| {}).await;
    center.sample_terminals().await.unwrap();
    put(&center, "late", behind).await;
    clock.go(60);
    center.sample_terminals().await.unwrap();
    clock.go(60);
    center.sample_terminals().await.unwrap();
    // Three hours of which nothing is known; nobody was heard since.
    clock.go(3 * 3600);
    center.sample_terminals().await.unwrap();
    clock.go(60);
    site.import(&center, "one").await;
    save(&center).await;
    center.sample_terminals().await.unwrap();

    let day = center.terminal_history(Span::Day).await.unwrap();
    let minutes_later = (3 * 3600, 0.5, 0.0, 1.5);
    assert_eq!(told(&day, begin), [(0, 1.0, 0.67, 0.0), minutes_later]);
    assert_eq!(day.from, rfc3339(begin + TimeDelta::hours(3) - TimeDelta::days(1)));
    assert_eq!(day.until, rfc3339(clock.now()));
    let marks: Vec<_> = day.versions.iter().map(|mark| (mark.number, mark.at.clone())).collect();
    assert_eq!(marks, [(1, rfc3339(clock.now()))]);
    let week = center.terminal_history(Span::Week).await.unwrap();
    assert_eq!((told(&week, begin), week.every_seconds), (told(&day, begin), 1800));
    let month = center.terminal_history(Span::Month).await.unwrap();
    assert_eq!(told(&month, begin), [(0, 1.0, 0.67, 0.0), (7200, 0.5, 0.0, 1.5)]);

    clock.go(8 * 86_400);
    assert_eq!(center.terminal_history(Span::Day).await.unwrap().points.len(), 0);
    let week = center.terminal_history(Span::Week).await.unwrap();
    assert_eq!((week.points.len(), week.versions.len()), (0, 0));
    let month = center.terminal_history(Span::Month).await.unwrap();
    assert_eq!((month.points.len(), month.versions.len()), (2, 1));
}

fn rfc3339(time: NaiveDateTime) -> String {
    time.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounded_number_of_rows_is_kept() {
    let (site, clock) = (Site::new().await, Clock::new());
    let center = site.open_on(clock.clone()).await.unwrap();
    for _ in 0..400 {
        center.sample_terminals().await.unwrap();
        clock.go(7200);
    }
    assert_eq!(
        (rows(&center, 300).await, rows(&center, 1800).await, rows(&center, 7200).await),
        (289, 337, 373)
    );
    clock.go(-7200);
    assert_eq!(center.terminal_history(Span::Month).await.unwrap().points.len(), 373);
    assert_eq!(center.terminal_history(Span::Day).await.unwrap().points.len(), 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_costs_no_history_but_what_lies_ahead_of_it() {
    let (site, clock) = (Site::new().await, Clock::new());
    let begin = clock.now();
    let center = site.open_on(clock.clone()).await.unwrap();
    center.sample_terminals().await.unwrap();
    clock.go(400 * 86_400);
    center.sample_terminals().await.unwrap();
    assert_eq!(rows(&center, 7200).await, 2);
    clock.go(-400 * 86_400 + 300);
    // What is in the future is not shown, and goes with the next sample.
    assert_eq!(told(&center.terminal_history(Span::Day).await.unwrap(), begin), [(0, 0.0, 0.0, 0.0)]);
    center.sample_terminals().await.unwrap();
    assert_eq!((rows(&center, 300).await, rows(&center, 7200).await), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_kept_in_all_rows_or_in_none() {
    let (site, clock) = (Site::of_sqlite(), Clock::new());
    let center = site.open_on(clock.clone()).await.unwrap();
    center.sample_terminals().await.unwrap();
    let before = Entity::find().all(center.db()).await.unwrap();
    let write = async |value: &str| {
        let sql = format!("UPDATE terminal_history SET samples = {value} WHERE every_seconds = 7200");
        center.db().execute_unprepared(&sql).await.unwrap();
    };
    // The last row that a sample goes to cannot take one more.
    write("'x'").await;
    center.sample_terminals().await.unwrap_err();
    write("1").await;
    assert_eq!(Entity::find().all(center.db()).await.unwrap(), before);
    center.sample_terminals().await.unwrap();
    assert!(Entity::find().all(center.db()).await.unwrap().iter().all(|row| row.samples == 2));
}
