//! How terminals stand, counted and listed.

use center::db::entities::terminal::{self, Program, TerminalState};
use center::{Actor, Center};
use chrono::TimeDelta;
use protocol::api::{self, TerminalCounts, TerminalTally};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use crate::site::Site;

type Row = terminal::ActiveModel;

/// The root of the newest version.
async fn root(center: &Center) -> String {
    center.status(&Actor::center(), &ToString::to_string).await.unwrap().root
}

/// A terminal that was heard a moment ago and has the newest version, but for what `change` does.
pub(crate) async fn put(center: &Center, name: &str, change: impl FnOnce(&mut Row)) {
    let now = center::db::now();
    let mut row = Row {
        id: Set(format!("id-{name}")),
        name: Set(name.to_owned()),
        mac: Set("001a2b3c4d5e".into()),
        secret_hash: Set(format!("{name:0>64}")),
        enrolled_at: Set(now),
        last_seen_at: Set(Some(now)),
        root: Set(Some(root(center).await)),
        state: Set(TerminalState::Idle),
        progress_done: Set(0),
        progress_total: Set(0),
        hg_notices: Set(0),
        is_heard: Set(true),
        program: Set(Program::ToolDisk),
        has_disk: Set(true),
        ..Default::default()
    };
    change(&mut row);
    row.insert(center.db()).await.unwrap();
}

fn in_state(state: TerminalState) -> impl FnOnce(&mut Row) {
    move |row| row.state = Set(state)
}

/// Not heard for longer than a task counts.
fn silent(row: &mut Row) {
    row.last_seen_at = Set(Some(center::db::now() - TimeDelta::seconds(130)));
}

pub(crate) fn behind(row: &mut Row) {
    row.root = Set(Some("0".repeat(64)));
}

#[tokio::test(flavor = "multi_thread")]
async fn terminals_are_counted_by_how_they_stand() {
    let site = Site::new().await;
    let center = site.open().await;
    let empty = center.terminal_standings().await.unwrap().counts();
    assert_eq!((empty.total, empty.tally), (0, TerminalTally::default()));

    put(&center, "well", |_| {}).await;
    put(&center, "off", silent).await;
    put(&center, "off and behind", |row| (silent(row), behind(row)).0).await;
    put(&center, "behind", behind).await;
    put(&center, "failed", in_state(TerminalState::Error)).await;
    put(&center, "waits", |row| (behind(row), in_state(TerminalState::Waiting)(row)).0).await;
    // It was fetching when it was last heard: that is no task any more.
    put(&center, "vanished", |row| (silent(row), behind(row), in_state(TerminalState::Downloading)(row)).0)
        .await;
    put(&center, "new", |row| {
        (row.root, row.last_seen_at, row.state) = (Set(None), Set(None), Set(TerminalState::Unknown));
        row.is_heard = Set(false);
    })
    .await;
    put(&center, "removed", |row| row.deleted_at = Set(Some(center::db::now()))).await;
    center.note_silence().await.unwrap();

    let standings = center.terminal_standings().await.unwrap();
    let tally = TerminalTally { error: 1, busy: 0, waiting: 1, identical: 2, offline: 3, behind: 1 };
    let expected = TerminalCounts { total: 8, identical: 3, behind: 5, busy: 1, error: 1, offline: 4, tally };
    assert_eq!(standings.counts(), expected);
    assert_eq!(standings.in_state(api::TerminalState::Idle), 4);
    assert!(!center.is_send_task().await.unwrap());
    put(&center, "fetches", |row| (behind(row), in_state(TerminalState::Downloading)(row)).0).await;
    assert!(center.is_send_task().await.unwrap());
}
