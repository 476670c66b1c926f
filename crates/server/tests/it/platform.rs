//! An existing platform that serves `voi_api`, named by its URL: a small HTTP server here.

use crate::support::{Client, Server, extracted, until};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

/// Where nothing listens.
const NOBODY: &str = "http://127.0.0.1:1";

/// What the platform answers, and what it was asked.
#[derive(Default)]
struct Said {
    task: i32,
    has_room: bool,
    is_broken: bool,
    asked: Vec<String>,
}

struct Fake {
    url: String,
    said: Arc<Mutex<Said>>,
}

impl Fake {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let said = Arc::new(Mutex::new(Said { has_room: true, ..Said::default() }));
        let shared = said.clone();
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(stream, &shared)));
        Self { url, said }
    }

    fn set(&self, change: impl FnOnce(&mut Said)) {
        change(&mut self.said.lock().expect("not poisoned"));
    }

    fn was_asked(&self, part: &str) -> bool {
        self.said.lock().expect("not poisoned").asked.iter().any(|line| line.contains(part))
    }
}

fn answer(mut stream: TcpStream, said: &Mutex<Said>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    let mut said = said.lock().expect("not poisoned");
    let body = if said.is_broken {
        json!({"code": 5, "message": "broken"})
    } else if line.contains("checkallclient_isupdatestatus") {
        json!({"code": 0, "data": {"is_send_task": said.task}})
    } else if line.contains("check_can_upload_and_commit") {
        json!({"code": 0, "result": said.has_room})
    } else {
        json!({"code": 0, "data": {}})
    }
    .to_string();
    said.asked.push(line);
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
    // A client that went away is none of our business.
    drop(stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()));
}

fn edited(server: &mut Server) -> Client {
    let admin = server.admin();
    admin.request("POST", "/thor/voi/driver/upload?name=lamp.tq").body(extracted()).send().ok();
    admin
}

#[test]
fn a_save_asks_the_platform_first() {
    let platform = Fake::start();
    let mut server =
        Server::start_with(&format!("[voi_api]\nurl = '{}'\ntimeout_seconds = 60", platform.url));
    let admin = edited(&mut server);
    platform.set(|said| said.task = 1);
    let words = admin.post("/api/v1/save", json!({})).refused(423, "center.send_task");
    assert_eq!(words, "保存失败，当前有下发任务");
    platform.set(|said| (said.task, said.has_room) = (0, false));
    let words = admin.post("/api/v1/save", json!({})).refused(507, "center.no_space");
    assert_eq!(words, "服务器空间不足，请释放空间后再试");
    platform.set(|said| said.has_room = true);
    let operation = admin.post("/api/v1/save", json!({})).ok();
    let ended = admin.get(&format!("/api/v1/operations/{}?wait=55", operation["id"])).ok();
    assert_eq!(ended["error"], serde_json::Value::Null);
    assert!(platform.was_asked("active.qcow2&destination_iid="));
}

#[test]
fn a_platform_that_is_down_is_named_and_nothing_is_saved() {
    let mut server = Server::start_with(&format!("[voi_api]\nurl = '{NOBODY}'"));
    let admin = edited(&mut server);
    let words = admin.post("/api/v1/save", json!({})).refused(503, "platform.unreachable");
    assert!(words.contains(NOBODY) && words.starts_with("无法连接终端服务"), "{words}");
    assert_eq!(admin.get("/thor/voi/driver/mount").ok()["result"]["mount_status"], 1);
    assert_eq!(admin.get("/api/v1/edit").ok().as_array().map(Vec::len), Some(1));
}

#[test]
fn the_platform_is_told_of_a_heterogeneous_version_until_it_has_heard() {
    let platform = Fake::start();
    let mut server = Server::start_with(&format!("[voi_api]\nurl = '{}'", platform.url));
    let admin = edited(&mut server);
    let (id, terminal) = server.terminal("t1");
    let report = json!({"version": 0, "root": "", "state": "idle", "done": 0, "total": 0, "program": "1",
        "mode": "maintenance"});
    terminal.post("/api/v1/terminals/self/report", report).ok();
    let operation = admin.post("/api/v1/save", json!({})).ok();
    admin.get(&format!("/api/v1/operations/{}?wait=55", operation["id"])).ok();
    platform.set(|said| said.is_broken = true);
    let template = json!({"name": "office", "type": 2, "os_type": "4"});
    let template = admin.post("/api/v1/templates", template).ok();
    let change = json!({"id": template["id"], "extractive_driver_id": 1});
    admin.post("/thor/voi/image_relate_drive", change).ok();
    let notice = format!("notifyupdatehgdrive?ids=%5B%22{id}%22%5D");
    until("the platform is told", || platform.was_asked(&notice));
    // It says that it could not; the next server tells it again.
    platform.set(|said| (said.is_broken, said.asked) = (false, Vec::new()));
    server.crash();
    until("the platform is told again", || platform.was_asked(&notice));
}

/// The lines that `doctor` says of the platform.
fn doctor(server: &Server, language: &str) -> String {
    let answer = Command::new(env!("CARGO_BIN_EXE_driver-center"))
        .args(["doctor", "--lang", language, "--config"])
        .arg(server.config())
        .output()
        .expect("run doctor");
    let text = String::from_utf8(answer.stdout).expect("text");
    let begin = text.find("voi_api").expect("a line about the platform");
    let line = text[..begin].rfind('\n').map_or(0, |end| end + 1);
    text[line..].lines().take(2).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_doctor_asks_the_platform_both_questions_of_a_save() {
    let platform = Fake::start();
    let server = Server::start_with(&format!("[voi_api]\nurl = '{}'\ntimeout_seconds = 60", platform.url));
    let said = doctor(&server, "en");
    assert!(said.starts_with("✓ platform (voi_api)") && said.contains("no terminal has a task"), "{said}");
    assert!(platform.was_asked("source_path=") && !platform.was_asked("notifyupdatehgdrive"));
    platform.set(|said| said.task = 1);
    let said = doctor(&server, "zh");
    assert!(said.starts_with("✓ 终端服务 voi_api") && said.contains("有下发任务"), "{said}");
    platform.set(|said| said.has_room = false);
    let said = doctor(&server, "en");
    assert!(said.starts_with('✗') && said.contains("no room") && said.contains("→ free space"), "{said}");
    platform.set(|said| said.is_broken = true);
    let said = doctor(&server, "zh");
    assert!(
        said.starts_with('✗') && said.contains("拒绝了请求：broken") && said.contains("→ 检查"),
        "{said}"
    );
}

#[test]
fn a_platform_that_is_down_is_named_by_the_doctor() {
    let server = Server::start_with(&format!("[voi_api]\nurl = '{NOBODY}'"));
    let said = doctor(&server, "en");
    assert!(said.starts_with('✗') && said.contains(NOBODY) && said.contains("cannot be reached"), "{said}");
    assert!(said.contains("→ check url, token_file"), "{said}");
    assert!(doctor(&server, "zh").contains("无法连接终端服务"));
}
