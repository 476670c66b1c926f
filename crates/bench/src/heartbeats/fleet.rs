//! Terminals at rest, each on its own: what they do, and what becomes of it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fault::{Error, Result};

use super::connection::Connection;
use crate::full_or_small;

/// How long a terminal listens, or stays away.
const PAUSE: Duration = Duration::from_secs(55);
/// Shortest time between two reports, also where the answer to whoever listens is not held back.
const TURN_MIN: Duration = Duration::from_secs(1);
/// After so long each terminal has reported once.
const WARM_UP: Duration = Duration::from_secs(60);

/// What became of a load.
pub(super) struct Load {
    pub(super) terminals: usize,
    pub(super) reports: u64,
    pub(super) failures: u64,
    pub(super) lasted: Duration,
    pub(super) median: Duration,
    pub(super) late: Duration,
    pub(super) longest_silence: Duration,
    pub(super) connections_max: usize,
}

/// What all terminals share.
struct Fleet {
    server: SocketAddr,
    is_counted: AtomicBool,
    is_over: AtomicBool,
    failures: AtomicU64,
    longest_silence_ms: AtomicU64,
    open: AtomicUsize,
    open_max: AtomicUsize,
    /// Times from the first byte sent, or from the beginning to connect, to the answer, in µs.
    times: Mutex<Vec<u32>>,
}

impl Fleet {
    fn new(server: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            server,
            is_counted: false.into(),
            is_over: false.into(),
            failures: 0.into(),
            longest_silence_ms: 0.into(),
            open: 0.into(),
            open_max: 0.into(),
            times: Mutex::default(),
        })
    }

    fn is_counted(&self) -> bool {
        self.is_counted.load(Ordering::Relaxed) && !self.is_over.load(Ordering::Relaxed)
    }
}

/// All terminals, spread over a minute, for as long as is `measured`; `on_begin` is called when that begins.
pub(super) async fn run(
    server: SocketAddr,
    secrets: &[String],
    measured: Duration,
    on_begin: impl FnOnce(),
) -> Result<Load> {
    let fleet = Fleet::new(server);
    let each = PAUSE / u32::try_from(secrets.len()).unwrap_or(u32::MAX);
    let terminals: Vec<_> = secrets
        .iter()
        .enumerate()
        .map(|(number, secret)| {
            let begin = each * u32::try_from(number).unwrap_or(0);
            tokio::spawn(live(fleet.clone(), number, secret.clone(), begin))
        })
        .collect();
    tokio::time::sleep(WARM_UP).await;
    on_begin();
    let begun = Instant::now();
    fleet.is_counted.store(true, Ordering::Relaxed);
    tokio::time::sleep(measured).await;
    let lasted = begun.elapsed();
    fleet.is_over.store(true, Ordering::Relaxed);
    terminals.iter().for_each(tokio::task::JoinHandle::abort);
    let mut times = std::mem::take(&mut *fleet.times.lock().unwrap_or_else(PoisonError::into_inner));
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(0);
    let load = Load {
        terminals: secrets.len(),
        reports: times.len() as u64,
        failures: fleet.failures.load(Ordering::Relaxed),
        lasted,
        median: Duration::from_micros(at(50).into()),
        late: Duration::from_micros(at(99).into()),
        longest_silence: Duration::from_millis(fleet.longest_silence_ms.load(Ordering::Relaxed)),
        connections_max: fleet.open_max.load(Ordering::Relaxed),
    };
    if load.reports == 0 {
        return Err(Error::unavailable("report: nobody was heard"));
    }
    Ok(load)
}

/// Bytes that a server takes for each terminal that listens on a connection.
pub(super) async fn bytes_of_a_connection(
    server: SocketAddr,
    secrets: &[String],
    resident: impl Fn() -> u64,
) -> Result<f64> {
    let fleet = Fleet::new(server);
    let count = secrets.len().min(full_or_small(6_000, 500));
    // One before all, so that what is made once is there.
    let first = tokio::spawn(live(fleet.clone(), 0, secrets[0].clone(), Duration::ZERO));
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = resident();
    let others: Vec<_> = (1..count)
        .map(|number| {
            let begin = Duration::from_millis(number as u64);
            tokio::spawn(live(fleet.clone(), number, secrets[number].clone(), begin))
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(20)).await;
    let open = fleet.open.load(Ordering::Relaxed);
    let bytes = resident().saturating_sub(before) as f64 / (count - 1) as f64;
    others.iter().chain([&first]).for_each(tokio::task::JoinHandle::abort);
    tokio::time::sleep(Duration::from_secs(2)).await;
    match open == count {
        true => Ok(bytes),
        false => Err(Error::unavailable(format!("hold {count} connections: {open} are held"))),
    }
}

/// What a terminal does until it is ended.
async fn live(fleet: Arc<Fleet>, number: usize, secret: String, begin: Duration) {
    let authorization = format!("host: center\r\nauthorization: Bearer {secret}\r\n");
    let body = r#"{"version":0,"root":"","state":"idle","done":0,"total":0,"program":"tool-disk 0.1.0"}"#;
    let report = format!(
        "POST /api/v1/terminals/self/report HTTP/1.1\r\n{authorization}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let listen = format!("GET /api/v1/sync/head?after=0&wait=55 HTTP/1.1\r\n{authorization}\r\n");
    tokio::time::sleep(begin).await;
    let mut heard_at = Instant::now();
    let mut connection = None;
    loop {
        let (outcome, returned) = turn(&fleet, number, &report, connection.take()).await;
        connection = returned;
        if outcome.is_err() && fleet.is_counted() {
            fleet.failures.fetch_add(1, Ordering::Relaxed);
        }
        let is_to_listen = outcome.unwrap_or(false);
        let silence = heard_at.elapsed().as_millis() as u64;
        heard_at = Instant::now();
        if fleet.is_counted() {
            fleet.longest_silence_ms.fetch_max(silence, Ordering::Relaxed);
        }
        let next = heard_at + PAUSE;
        if is_to_listen && let Some(held) = &mut connection {
            // Nothing is published: the answer says so when the time is over.
            if held.0.ask(listen.as_bytes()).await.is_err() {
                connection = None;
            }
            tokio::time::sleep_until((heard_at + TURN_MIN).into()).await;
        } else {
            connection = None;
        }
        if connection.is_none() {
            tokio::time::sleep_until(next.into()).await;
        }
    }
}

/// A connection that is counted for as long as it is open.
struct Open(Connection, Arc<Fleet>);

impl Drop for Open {
    fn drop(&mut self) {
        self.1.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A report: whether to listen after it, and the connection that it went over.
async fn turn(
    fleet: &Arc<Fleet>,
    number: usize,
    report: &str,
    connection: Option<Open>,
) -> (Result<bool>, Option<Open>) {
    let begun = Instant::now();
    let mut open = match connection {
        Some(open) => open,
        None => match Connection::open(fleet.server, number).await {
            Ok(connection) => {
                let count = fleet.open.fetch_add(1, Ordering::Relaxed) + 1;
                fleet.open_max.fetch_max(count, Ordering::Relaxed);
                Open(connection, fleet.clone())
            }
            Err(error) => return (Err(error), None),
        },
    };
    match open.0.ask(report.as_bytes()).await {
        Ok(answer) if answer.status == 200 => {
            if fleet.is_counted() {
                let micros = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
                fleet.times.lock().unwrap_or_else(PoisonError::into_inner).push(micros);
            }
            (Ok(answer.body.contains("\"listen\":true")), Some(open))
        }
        Ok(answer) => (Err(Error::unavailable(format!("report: {} {}", answer.status, answer.body))), None),
        Err(error) => (Err(error), None),
    }
}
