//! Lists over HTTP with 100,000 terminals, 10,000 drivers, and as many versions, jobs and entries of the audit log.
//!
//! One client asks again and again for the same page, over one connection; a request counts from its first byte until its
//! answer is there as a whole. Beside it stands what one writes first: `ORDER BY … LIMIT … OFFSET …` on the table, without
//! HTTP; and the whole list, sorted by the database, as it would go to a browser that pages by itself.

mod rows;

use std::path::Path;
use std::time::Instant;

use center::db::Db;
use fault::{Error, Result};
use protocol::client::Client;
use sea_orm::{ConnectionTrait as _, Statement};
use tokio::runtime::Runtime;

use crate::served::{Site, lost};
use crate::service::Service;
use crate::{Row, full_or_small, timed};

/// Answers are no longer than this.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
const BAR: &str = "p99 under 50 ms";

/// What is asked for: how people call it, where, and the statement that one writes first.
type Asked = (&'static str, &'static str, Option<&'static str>);

const ASKED: &[Asked] = &[
    ("first page by name", "terminals", Some("1 = 1 ORDER BY name, id LIMIT 50 OFFSET 0")),
    ("middle page by name", "terminals?page=1000", Some("1 = 1 ORDER BY name, id LIMIT 50 OFFSET 49950")),
    ("deep page by name", "terminals?page=1900", Some("1 = 1 ORDER BY name, id LIMIT 50 OFFSET 94950")),
    ("a page of 1000", "terminals?page=50&per_page=1000", None),
    (
        "middle page by version",
        "terminals?sort=version&page=1000",
        Some("1 = 1 ORDER BY version, id LIMIT 50 OFFSET 49950"),
    ),
    (
        "middle page by last contact",
        "terminals?sort=last_seen&desc=true&page=1000",
        Some("1 = 1 ORDER BY last_seen_at DESC, id DESC LIMIT 50 OFFSET 49950"),
    ),
    (
        "middle page by state",
        "terminals?sort=state&page=1000",
        Some("1 = 1 ORDER BY state, id LIMIT 50 OFFSET 49950"),
    ),
    (
        "middle page by group",
        "terminals?sort=group&page=1000",
        Some("1 = 1 ORDER BY group_name, id LIMIT 50 OFFSET 49950"),
    ),
    (
        "a group",
        "terminals?group=room-007",
        Some("group_name = 'room-007' ORDER BY name, id LIMIT 50 OFFSET 0"),
    ),
    (
        "those with an error",
        "terminals?show=error",
        Some("state = 'error' ORDER BY name, id LIMIT 50 OFFSET 0"),
    ),
    ("those behind, middle page", "terminals?show=behind&page=100", None),
    ("those identical, middle page", "terminals?show=identical&page=900", None),
    ("those offline by last contact", "terminals?show=offline&sort=last_seen&page=300", None),
    ("those that work", "terminals?show=busy", None),
    (
        "search that finds one",
        "terminals?search=pc-299-0123",
        Some(
            "(name LIKE '%pc-299-0123%' OR mac LIKE '%pc-299-0123%' OR address LIKE '%pc-299-0123%') \
              ORDER BY name, id LIMIT 50 OFFSET 0",
        ),
    ),
    (
        "search that finds none",
        "terminals?search=1a2b3c4d",
        Some(
            "(name LIKE '%1a2b3c4d%' OR mac LIKE '%1a2b3c4d%' OR address LIKE '%1a2b3c4d%') \
              ORDER BY name, id LIMIT 50 OFFSET 0",
        ),
    ),
    ("search for a part of a MAC address", "terminals?search=1a:2b", None),
    ("search that finds hundreds, second page", "terminals?search=pc-1-0&page=2", None),
    ("search that finds all", "terminals?search=pc", None),
    ("search by last contact", "terminals?search=-0100&sort=last_seen", None),
    ("counts of all states, and all groups", "terminals/counts", None),
    ("counts of a search", "terminals/counts?search=-01", None),
    ("versions, 100 of 10,000", "versions", None),
    ("jobs, 100 of 10,000", "jobs", None),
    ("audit log, 100 of 100,000", "audit?offset=50000", None),
    ("audit log of one person", "audit?actor=user-7", None),
];

pub(crate) fn on_sqlite(room: &Path) -> Result<Vec<Row>> {
    measure("SQLite", &Site::on_sqlite(&room.join("sqlite"))?)
}

pub(crate) fn on_mariadb(room: &Path) -> Result<Vec<Row>> {
    let service = Service::start("with-mariadb.sh", &["DRIVER_CENTER_TEST_MYSQL"])?;
    let [address] = service.values() else { return Err(Error::bug("a database without its address")) };
    measure("MariaDB", &Site::on_mariadb(&room.join("mariadb"), address)?)
}

fn measure(database: &str, site: &Site) -> Result<Vec<Row>> {
    let runtime = Runtime::new()?;
    let db = runtime.block_on(site.database())?;
    runtime.block_on(rows::fill(&db))?;
    let (seconds, server) = timed(|| site.serve())?;
    let client = server.sign_in(site.password())?;
    let mut rows = Vec::new();
    for (what, place, plain) in ASKED {
        let plain =
            plain.map(|plain| format!("SELECT * FROM terminals WHERE deleted_at IS NULL AND {plain}"));
        let ours = times(|| ask(&client, &format!("/api/v1/{place}")))?;
        let other = plain.map(|text| times_of(PLAIN, || runtime.block_on(run(&db, &text)))).transpose()?;
        rows.push(row(format!("{what}, {database}"), &ours, other.as_ref(), "`OFFSET` on the table", BAR));
    }
    let all = format!("SELECT * FROM terminals WHERE deleted_at IS NULL {}", "ORDER BY name");
    let drivers = times(|| ask(&client, "/thor/voi/driver"))?;
    rows.push(row(format!("all of 10,000 drivers, {database}"), &drivers, None, "", BAR));
    let whole = times_of(Often { at_most: 3, seconds: 30.0 }, || runtime.block_on(run(&db, &all)))?;
    let first = times(|| ask(&client, "/api/v1/terminals"))?;
    let what = format!("first page by name, {database}");
    rows.push(row(what, &first, Some(&whole), "all rows, for a browser that pages by itself", BAR));
    let started = format!("{seconds:.1} s until it serves, of which most is the carrying over");
    rows.push(Row {
        what: format!("start with 100,000 terminals of an earlier release, {database}"),
        ours: started,
        other: "–".into(),
        ratio: "–".into(),
        bar: "–",
    });
    server.stop()?;
    Ok(rows)
}

fn ask(client: &Client, place: &str) -> Result<()> {
    client.get_bytes(place, ANSWER_BYTES_MAX, &mut |_| Ok(())).map(drop)
}

async fn run(db: &Db, text: &str) -> Result<()> {
    let statement = Statement::from_string(db.get_database_backend(), text);
    db.query_all_raw(statement).await.map(drop).map_err(lost)
}

/// How often something is timed: what takes seconds each time is timed less often.
struct Often {
    at_most: usize,
    seconds: f64,
}

/// The statements that one writes first.
const PLAIN: Often = Often { at_most: 20, seconds: 5.0 };

/// Milliseconds: the middle, and what one in a hundred exceeds.
struct Times {
    p50: f64,
    p99: f64,
}

fn times(request: impl FnMut() -> Result<()>) -> Result<Times> {
    times_of(Often { at_most: full_or_small(300, 20), seconds: f64::INFINITY }, request)
}

fn times_of(often: Often, mut request: impl FnMut() -> Result<()>) -> Result<Times> {
    // The first of a kind fills caches.
    request()?;
    let (mut all, begun) = (Vec::with_capacity(often.at_most), Instant::now());
    while all.is_empty() || all.len() < often.at_most && begun.elapsed().as_secs_f64() < often.seconds {
        all.push(timed(&mut request)?.0 * 1000.0);
    }
    all.sort_by(f64::total_cmp);
    let count = all.len();
    Ok(Times { p50: all[count / 2], p99: all[(count * 99).div_ceil(100).min(count) - 1] })
}

fn row(what: String, ours: &Times, other: Option<&Times>, name: &str, bar: &'static str) -> Row {
    tracing::info!(what, p50 = ours.p50, p99 = ours.p99, "measured");
    let text = |times: &Times| format!("p50 {:.1} ms, p99 {:.1} ms", times.p50, times.p99);
    Row {
        what,
        ours: text(ours),
        other: other.map_or_else(|| "–".into(), |other| format!("{name}: {}", text(other))),
        ratio: other.map_or_else(|| "–".into(), |other| format!("{:.2}", ours.p50 / other.p50)),
        bar,
    }
}
