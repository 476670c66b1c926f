//! A small driver center over real HTTP, whose answers tests can spoil.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::fixture::temporary;
use disk_patch::{
    BlockIndex, Change, Digest, FileStore, LeafTable, ObjectDir, PackSource, build, pack_leaves, unwatched,
};
use ed25519_dalek::SigningKey;
use protocol::api::{Directive, Enrolled, Inventory, Report};
use protocol::sync::{Head, Manifest, ObjectRef, SignedHead, Update, hex};
use serde_json::json;

pub(crate) const TOKEN: &str = "token-1";
/// The address of a terminal that the center knows.
pub(crate) const KNOWN_MAC: &str = "00:1a:2b:3c:4d:5e";
pub(crate) const SECRET: &str = "secret-1";

/// What happens to one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mischief {
    /// Nothing.
    None,
    /// The connection breaks in the middle of the body.
    Cut,
    /// One byte of the body is another one.
    Wrong,
    /// The body is shorter, and says so.
    Short,
    /// The body never ends.
    Endless,
    /// Ten gigabytes are announced.
    Huge,
    /// All of the bandwidth is in use.
    Full,
    /// Half of the body comes, and then nothing any more.
    Stalled,
    /// The body comes byte by byte, each before a silence would be too long, and never ends.
    Trickle,
    /// What was asked for is answered with [`State::other`].
    Other,
    /// Another status.
    Status(u16),
}

type Spoiler = Box<dyn FnMut(&str) -> Mischief + Send>;

/// A running center. Its directory goes with the last handle, whatever its threads still wait for.
#[derive(Clone)]
pub(crate) struct Center {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _directory: Arc<tempfile::TempDir>,
}

/// What its threads have of it, which live as long as the process.
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    spoiler: Mutex<Spoiler>,
    place: PathBuf,
}

pub(crate) struct State {
    /// Its id.
    pub(crate) name: String,
    pub(crate) key: SigningKey,
    /// What a terminal has to show; another one after a terminal that it knows has enrolled again.
    pub(crate) secret: String,
    pub(crate) head: Option<SignedHead>,
    pub(crate) version: u64,
    pub(crate) table: LeafTable,
    pub(crate) updates: Vec<Update>,
    pub(crate) objects: HashMap<String, Vec<u8>>,
    pub(crate) requests: Vec<String>,
    pub(crate) sent_bytes: u64,
    /// Bytes that were taken of bodies that do not end.
    pub(crate) flood_bytes: u64,
    /// The answer to everything that is to be answered with something else.
    pub(crate) other: Vec<u8>,
    pub(crate) reports: Vec<Report>,
    pub(crate) inventories: Vec<Inventory>,
    pub(crate) release: bool,
    /// Whether this is no time for updates.
    pub(crate) is_closed: bool,
    /// Terminals are told not to listen.
    pub(crate) is_crowded: bool,
}

impl Center {
    pub(crate) fn start() -> Self {
        Self::named("center-1", 7)
    }

    /// One with an id and a key of its own.
    pub(crate) fn named(name: &str, key: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            name: name.into(),
            key: SigningKey::from_bytes(&[key; 32]),
            secret: SECRET.into(),
            head: None,
            version: 0,
            table: LeafTable::of_zeros(0).unwrap(),
            updates: Vec::new(),
            objects: HashMap::new(),
            requests: Vec::new(),
            sent_bytes: 0,
            flood_bytes: 0,
            other: Vec::new(),
            reports: Vec::new(),
            inventories: Vec::new(),
            release: true,
            is_closed: false,
            is_crowded: false,
        };
        let directory = temporary();
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
            spoiler: Mutex::new(Box::new(|_| Mischief::None)),
            place: directory.path().to_owned(),
        });
        std::fs::write(shared.base(), "").unwrap();
        let serving = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        Self { url, shared, _directory: Arc::new(directory) }
    }

    pub(crate) fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        self.shared.state(look)
    }

    pub(crate) fn spoil(&self, spoiler: impl FnMut(&str) -> Mischief + Send + 'static) {
        *self.shared.spoiler.lock().unwrap() = Box::new(spoiler);
    }

    /// What a terminal that is known is answered, as it is now.
    pub(crate) fn honest(&self, path: &str) -> Vec<u8> {
        self.shared.answer(&format!("GET {path} HTTP/1.1"), path, Some(SECRET), &[]).1
    }

    /// Requests since the last time this was asked.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state(|state| std::mem::take(&mut state.requests))
    }

    /// Waits until the reports, or something else of the state, are as wanted.
    pub(crate) fn await_state(&self, wanted: impl Fn(&State) -> bool) {
        let state = self.shared.state.lock().unwrap();
        let limit = Duration::from_secs(120);
        let waited = self.shared.changed.wait_timeout_while(state, limit, |state| !wanted(state)).unwrap();
        assert!(!waited.1.timed_out(), "it never came: {:?}", waited.0.reports.last());
    }

    /// Publishes `bytes` as the next version, with the patch from the one before.
    pub(crate) fn publish(&self, bytes: &[u8]) {
        let (directory, base) = (&self.shared.place, self.shared.base());
        let fresh = directory.join("fresh");
        std::fs::write(&fresh, bytes).unwrap();
        let (old, new) = (FileStore::open(&base).unwrap(), FileStore::open(&fresh).unwrap());
        let old_table = self.state(|state| state.table.clone());
        let whole = 0..bytes.len() as u64;
        let change = Change {
            old: &old,
            writes: &new,
            ranges: std::slice::from_ref(&whole),
            new_length: bytes.len() as u64,
        };
        let index_path = directory.join("index");
        let identity = old_table.identity();
        let index = BlockIndex::rebuild(&index_path, &old, &identity, &mut unwatched()).unwrap();
        let sink = ObjectDir::open(directory.join("objects")).unwrap();
        let built = build(&change, &old_table, &index, &sink, &mut unwatched()).unwrap();
        let patch = built.patch.write(&sink).unwrap();
        std::fs::rename(&fresh, &base).unwrap();
        self.state(|state| {
            let digests = built.patch.packs().iter().map(|pack| pack.digest).chain([patch]);
            for digest in digests {
                state.objects.insert(digest.to_hex(), sink.read(&digest).unwrap());
            }
            state.version += 1;
            state.updates.push(Update {
                version: state.version,
                from_root: built.patch.from().root.to_string(),
                to_root: built.patch.to().root.to_string(),
                patch: ObjectRef { digest: patch.to_hex(), bytes: sink.read(&patch).unwrap().len() as u64 },
                packs_bytes: built.patch.packed_bytes(),
            });
            state.table = built.new_leaves;
            state.sign(|_| {}, |_| {});
        });
    }
}

impl Shared {
    fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        let looked = look(&mut self.state.lock().unwrap());
        self.changed.notify_all();
        looked
    }

    fn base(&self) -> PathBuf {
        self.place.join("base")
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        while let Some((line, bearer, body)) = read_request(&mut reader) {
            let path = line.split(' ').nth(1).unwrap().to_owned();
            let mischief = (self.spoiler.lock().unwrap())(&path);
            let (status, mut answer) = self.answer(&line, &path, bearer.as_deref(), &body);
            self.state(|state| {
                state.requests.push(path);
                state.sent_bytes += answer.len() as u64;
                if mischief == Mischief::Other {
                    answer.clone_from(&state.other);
                }
            });
            let sent = send(&mut stream, status, answer, mischief);
            self.state(|state| state.flood_bytes += sent.as_ref().unwrap_or(&0));
            if sent.is_err() || mischief != Mischief::None {
                return;
            }
        }
    }

    fn answer(&self, line: &str, path: &str, bearer: Option<&str>, body: &[u8]) -> (u16, Vec<u8>) {
        if line.starts_with("POST /api/v1/terminals/enrol ") {
            return self.enrol(body);
        }
        if bearer != Some(&self.state(|state| state.secret.clone())) {
            return failure(401, "denied");
        }
        if line.starts_with("POST /api/v1/terminals/self/report ") {
            let report: Report = serde_json::from_slice(body).unwrap();
            return self.state(|state| {
                state.reports.push(report);
                let directive = Directive {
                    update: state.release && !state.is_closed,
                    outside_window: state.is_closed,
                    version: state.version,
                    report_after_seconds: 1,
                    listen: !state.is_crowded,
                    hg_notices: 0,
                };
                (200, serde_json::to_vec(&directive).unwrap())
            });
        }
        if line.starts_with("POST /api/v1/terminals/self/inventory ") {
            let inventory = serde_json::from_slice(body).unwrap();
            self.state(|state| state.inventories.push(inventory));
            return (200, br#"{"code":0}"#.to_vec());
        }
        if path == "/api/v1/terminals/self/printer-key" {
            return (200, json!({ "key": "5e".repeat(32) }).to_string().into());
        }
        if let Some(digest) = path.strip_prefix("/api/v1/sync/objects/") {
            return match self.state(|state| state.objects.get(digest).cloned()) {
                Some(bytes) => (200, bytes),
                None => failure(404, "not_found"),
            };
        }
        match path.strip_prefix("/api/v1/sync/base/") {
            Some(rest) => self.leaves(rest),
            None => self.head(path),
        }
    }

    fn enrol(&self, body: &[u8]) -> (u16, Vec<u8>) {
        let request: serde_json::Value = serde_json::from_slice(body).unwrap();
        if request["token"] != TOKEN {
            return failure(403, "denied");
        }
        let again = request["mac"] == KNOWN_MAC;
        let enrolled = self.state(|state| {
            if again {
                state.secret.push('a');
            }
            Enrolled {
                terminal: "t-1".into(),
                secret: state.secret.clone(),
                center: state.name.clone(),
                public_key: hex(state.key.verifying_key().as_bytes()),
                name: "PC-1".into(),
                again,
            }
        });
        (200, serde_json::to_vec(&enrolled).unwrap())
    }

    fn head(&self, path: &str) -> (u16, Vec<u8>) {
        let value = |name: &str| {
            let query = path.split_once('?')?.1;
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse::<u64>().ok())
        };
        let mut state = self.state.lock().unwrap();
        if let (Some(after), Some(wait)) = (value("after="), value("wait=")) {
            let limit = Duration::from_secs(wait);
            let same = |state: &mut State| state.version == after;
            state = self.changed.wait_timeout_while(state, limit, same).unwrap().0;
        }
        match &state.head {
            Some(head) => (200, serde_json::to_vec(head).unwrap()),
            None => {
                let text = r#"{"code":404,"message":"nothing","kind":"not_found","notice":"sync.nothing_published"}"#;
                (404, text.into())
            }
        }
    }

    fn leaves(&self, rest: &str) -> (u16, Vec<u8>) {
        let (root, run) = rest.split_once('/').unwrap();
        let (first, last) = run.split_once('-').unwrap();
        let run = first.parse::<u64>().unwrap()..last.parse::<u64>().unwrap() + 1;
        let table = self.state(|state| state.table.clone());
        if table.root().to_string() != root {
            return failure(409, "conflict");
        }
        let base = FileStore::open_read_only(self.base()).unwrap();
        match pack_leaves(&base, &table, run) {
            Ok(packed) => (200, packed),
            Err(_) => failure(409, "conflict"),
        }
    }
}

impl State {
    /// Signs the present state, after `change` to the manifest and the head.
    pub(crate) fn sign(&mut self, change: impl FnOnce(&mut Manifest), change_head: impl FnOnce(&mut Head)) {
        let identity = self.table.identity();
        let table = self.table.encode();
        let mut manifest = Manifest {
            format: 1,
            version: self.version,
            root: identity.root.to_string(),
            length: identity.length,
            leaf_table: self.keep(table),
            updates: self.updates.clone(),
        };
        change(&mut manifest);
        let manifest = self.keep(serde_json::to_vec(&manifest).unwrap());
        let mut head = Head {
            format: 1,
            center: self.name.clone(),
            version: self.version,
            root: identity.root.to_string(),
            length: identity.length,
            parents: vec![],
            manifest: manifest.digest,
            published_at: "2026-01-01T00:00:00Z".into(),
        };
        change_head(&mut head);
        self.head = Some(SignedHead::sign(&head, &self.key).unwrap());
    }

    fn keep(&mut self, bytes: Vec<u8>) -> ObjectRef {
        let object = ObjectRef { digest: Digest::of(&bytes).to_hex(), bytes: bytes.len() as u64 };
        self.objects.insert(object.digest.clone(), bytes);
        object
    }
}

fn failure(status: u16, kind: &str) -> (u16, Vec<u8>) {
    (status, json!({ "code": status, "message": format!("服务器：{kind}"), "kind": kind }).to_string().into())
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<(String, Option<String>, Vec<u8>)> {
    let (mut line, mut length, mut bearer) = (String::new(), 0, None);
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => bearer = value.strip_prefix("Bearer ").map(str::to_owned),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((line, bearer, body))
}

/// Answers how many bytes of noise were taken.
fn send(stream: &mut TcpStream, status: u16, mut body: Vec<u8>, mischief: Mischief) -> std::io::Result<u64> {
    let mut status = status;
    let middle = body.len() / 2;
    match mischief {
        Mischief::Wrong => body[middle] ^= 1,
        Mischief::Short => body.truncate(middle),
        Mischief::Full => {
            let text = r#"{"code":423,"message":"full","kind":"busy","notice":"sync.bandwidth_full"}"#;
            (status, body) = (423, text.into());
        }
        Mischief::Status(other) => (status, body) = (other, b"<html>".to_vec()),
        _ => {}
    }
    match mischief {
        Mischief::Endless | Mischief::Trickle => {
            write!(stream, "HTTP/1.1 {status} X\r\nconnection: close\r\n\r\n")?
        }
        Mischief::Huge => write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 10000000000\r\n\r\n")?,
        _ => write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n", body.len())?,
    }
    match mischief {
        Mischief::Cut => stream.write_all(&body[..middle])?,
        Mischief::Stalled => {
            stream.write_all(&body[..middle])?;
            // Until the terminal gives up and closes.
            let _closed = stream.read(&mut [0]);
        }
        Mischief::Trickle => return Ok(flood(stream, b"x", Duration::from_millis(20))),
        Mischief::Endless | Mischief::Huge => return Ok(flood(stream, &[b'x'; 65536], Duration::ZERO)),
        _ => stream.write_all(&body)?,
    }
    Ok(0)
}

/// Sends noise until nobody takes it any more; answers how much was taken.
fn flood(stream: &mut TcpStream, noise: &[u8], pause: Duration) -> u64 {
    let mut taken = 0;
    while stream.write_all(noise).is_ok() {
        taken += noise.len() as u64;
        std::thread::sleep(pause);
    }
    taken
}
