//! 100,000 terminals that report once a minute each, over HTTP, to the server as it is delivered.
//!
//! Each does what `tool-disk run` does while there is nothing new: it reports, and listens on the same connection for 55 s if
//! it is asked to, or closes it and comes again after 55 s. Beside it stands what a server costs that writes each report for
//! itself: the same database, one statement for each, without HTTP.

mod connection;
mod fleet;
mod one_by_one;
mod terminals;

use std::path::Path;
use std::time::Duration;

use fault::{Context as _, Error, Result};

use self::fleet::Load;
use crate::processes::{cpu_seconds, peak_bytes, resident_bytes};
use crate::served::Site;
use crate::service::Service;
use crate::{Row, full_or_small};

/// A minute in which the fleet connects is not counted; these are.
const MEASURED: Duration = Duration::from_secs(180);

/// What is measured on one database.
struct Measured {
    load: Load,
    server_seconds: f64,
    database_seconds: f64,
    own_seconds: f64,
    peak: u64,
    connection_bytes: f64,
    plain: one_by_one::Cost,
}

pub(crate) fn on_sqlite(room: &Path) -> Result<Vec<Row>> {
    Ok(rows("SQLite", &measure(&Site::on_sqlite(room)?, None)?))
}

/// On a MariaDB whose transactions are on the disk before they are answered, as it comes.
pub(crate) fn on_mariadb(room: &Path) -> Result<Vec<Row>> {
    let variables = ["DRIVER_CENTER_TEST_MYSQL", "DRIVER_CENTER_TEST_MYSQL_PROCESS"];
    let service =
        Service::start_with("with-mariadb.sh", &variables, &[("DRIVER_CENTER_TEST_MYSQL_DURABLE", "yes")])?;
    let [address, process] = service.values() else {
        return Err(Error::bug("a database without its values"));
    };
    let process: u32 = process.parse().map_err(|e| Error::bug(format!("process of MariaDB: {e}")))?;
    Ok(rows("MariaDB", &measure(&Site::on_mariadb(room, address)?, Some(process))?))
}

fn measure(site: &Site, database: Option<u32>) -> Result<Measured> {
    let runtime = tokio::runtime::Runtime::new().context(|| "start the threads of the terminals")?;
    let secrets = runtime.block_on(terminals::enrol(site, full_or_small(100_000, 2_000)))?;
    let server = site.serve()?;
    let process = server.process();
    let database_seconds = || database.map_or(0.0, cpu_seconds);
    let seconds = || (cpu_seconds(process), database_seconds(), cpu_seconds(std::process::id()));
    let measured = full_or_small(MEASURED, Duration::from_secs(70));
    let connection_bytes =
        runtime.block_on(fleet::bytes_of_a_connection(server.address()?, &secrets, || {
            resident_bytes(process).unwrap_or(0)
        }))?;
    let mut before = seconds();
    let load = runtime.block_on(fleet::run(server.address()?, &secrets, measured, || before = seconds()))?;
    let after = seconds();
    let peak = peak_bytes(process).ok_or_else(|| Error::bug("the server has ended"))?;
    server.stop()?;
    runtime.block_on(terminals::require_heard(site, secrets.len()))?;
    let plain = runtime.block_on(one_by_one::cost(site, database))?;
    Ok(Measured {
        load,
        server_seconds: after.0 - before.0,
        database_seconds: after.1 - before.1,
        own_seconds: after.2 - before.2,
        peak,
        connection_bytes,
        plain,
    })
}

fn rows(database: &str, measured: &Measured) -> Vec<Row> {
    let Measured { load, server_seconds, database_seconds, own_seconds, peak, connection_bytes, plain } =
        measured;
    let minutes = load.lasted.as_secs_f64() / 60.0;
    let reports = load.reports as f64;
    let what = format!("{} terminals report, {database}", load.terminals);
    let per_thousand = |seconds: f64| seconds * 1e6 / reports;
    let row =
        |ours: String, other: String, ratio: String| Row {
            what: what.clone(), ours, other, ratio, bar: "–"
        };
    let of_server = if *database_seconds > 0.0 {
        format!(" and {:.1} of MariaDB's", database_seconds / minutes)
    } else {
        String::new()
    };
    vec![
        row(
            format!(
                "{:.0} reports a minute for {:.1} min, {} failed; longest silence of a terminal {:.1} s",
                reports / minutes,
                minutes,
                load.failures,
                load.longest_silence.as_secs_f64()
            ),
            format!(
                "one statement for each report, as fast as it goes: {:.0} a minute",
                plain.per_second * 60.0
            ),
            "–".into(),
        ),
        row(
            format!(
                "{:.1} s of the server's processor a minute{of_server}, HTTP and all ({:.1} s of the terminals')",
                server_seconds / minutes,
                own_seconds / minutes
            ),
            format!("{:.1} s for as many reports, without HTTP", plain.seconds_each * reports / minutes),
            format!("{:.2}", per_thousand(server_seconds + database_seconds) / (plain.seconds_each * 1e6)),
        ),
        row(
            format!("answer after {} (median), {} (99 of 100)", ms(load.median), ms(load.late)),
            format!("{}, {}", ms(plain.median), ms(plain.late)),
            format!("{:.2}", load.late.as_secs_f64() / plain.late.as_secs_f64()),
        ),
        row(
            format!(
                "{:.0} MB of the server's memory at most, {} connections at most; a connection {:.1} KB",
                *peak as f64 / 1e6,
                load.connections_max,
                connection_bytes / 1e3
            ),
            "–".into(),
            "–".into(),
        ),
    ]
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
