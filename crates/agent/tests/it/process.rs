//! The program as it is run: enrolment, exit codes, signals, and kills at any moment.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use protocol::api::TerminalState;
use serde_json::Value;

use crate::center::{Center, KNOWN_MAC, Mischief, TOKEN};
use crate::fixture::{LEAF, Noise, disk, edited, temporary};

fn command(state: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tool-disk"));
    command.arg("--state").arg(state).args(["--lang", "en", "--json"]).args(arguments);
    command.stdin(Stdio::null()).env_remove("TOOL_DISK_STATE");
    command
}

pub(crate) fn run(state: &Path, arguments: &[&str]) -> (i32, Value) {
    let Output { status, stdout, stderr } = command(state, arguments).output().unwrap();
    let value = serde_json::from_slice(&stdout).unwrap_or(Value::Null);
    assert!(status.code().is_some(), "{}", String::from_utf8_lossy(&stderr));
    (status.code().unwrap(), value)
}

pub(crate) fn enrol(state: &Path, center: &Center) {
    let (code, answer) = run(state, &["enrol", "--server", &center.url, "--token", TOKEN]);
    assert_eq!((code, &answer["terminal"]), (0, &Value::from("t-1")));
}

#[test]
fn the_end_of_an_update_is_told_again_when_the_center_does_not_hear_of_it() {
    let (directory, center) = (temporary(), Center::start());
    let state = directory.path().join("state");
    enrol(&state, &center);
    center.publish(&disk(30, 1));
    let (made, mut is_first) = (state.join("tool-disk.qcow2"), true);
    center.spoil(move |path| match path.ends_with("/report") && made.exists() && is_first {
        true => {
            is_first = false;
            Mischief::Status(503)
        }
        false => Mischief::None,
    });
    assert_eq!(run(&state, &["sync"]).0, 0);
    let is_end = |report: &&protocol::api::Report| report.state == TerminalState::Idle && report.version == 1;
    assert_eq!(center.state(|state| state.reports.iter().filter(is_end).count()), 2);
}

#[test]
fn enrolment_exit_codes_and_status() {
    let (directory, center) = (temporary(), Center::start());
    let state = &directory.path().join("state");
    assert_eq!(run(state, &["status"]).0, 3);
    assert_eq!(run(state, &["sync", "--nonsense"]).0, 2);
    assert_eq!(run(state, &["enrol", "--server", "nonsense", "--token", TOKEN]).0, 2);
    assert_eq!(run(state, &["enrol", "--server", "http://127.0.0.1:1", "--token", TOKEN]).0, 4);
    let (code, answer) = run(state, &["enrol", "--server", &center.url, "--token", "other"]);
    assert_eq!((code, &answer["error"]["kind"]), (3, &Value::from("denied")));
    let expecting = ["enrol", "--server", &center.url, "--token", TOKEN, "--expect-key", "00"];
    assert_eq!(run(state, &expecting).1["error"]["notice"]["id"], "agent.wrong_key");
    assert_eq!(run(state, &["status"]).0, 3);

    enrol(state, &center);
    let mode = |name: &str| std::fs::metadata(state.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("secret"), mode("")), (0o600, 0o700));
    let again = run(state, &["enrol", "--server", &center.url, "--token", TOKEN]);
    assert_eq!(again.1["error"]["notice"]["id"], "agent.already_enrolled");
    assert_eq!(run(state, &["status"]).1["state"], "none");
    assert_eq!(run(state, &["status"]).0, 10);
    assert_eq!(run(state, &["verify"]).0, 10);

    assert_eq!(run(state, &["sync", "--force"]).0, 10);
    let content = disk(30, 1);
    center.publish(&content);
    let (code, answer) = run(state, &["sync"]);
    assert_eq!((code, &answer["outcome"]), (0, &Value::from("updated")));
    assert!(answer["bytes_fetched"].as_u64().is_some_and(|bytes| bytes > 30 * LEAF as u64 / 2), "{answer}");
    let (_, again) = run(state, &["sync"]);
    assert_eq!(again["outcome"], "current");
    assert!(
        again["bytes_fetched"].as_u64().is_some_and(|bytes| (1..LEAF as u64).contains(&bytes)),
        "{again}"
    );
    let mut words = Command::new(env!("CARGO_BIN_EXE_tool-disk"));
    let said = words.arg("--state").arg(state).args(["--lang", "en", "sync"]).output().unwrap().stdout;
    assert!(!String::from_utf8_lossy(&said).contains("fetched"), "no news is no download");
    let (code, status) = run(state, &["status"]);
    assert_eq!((code, &status["state"], &status["version"]), (0, &Value::from("ready"), &Value::from(1)));
    assert_eq!(std::fs::read(state.join("tool-disk.qcow2")).unwrap(), content);

    std::fs::write(state.join("tool-disk.qcow2.updating"), "").unwrap();
    let (code, status) = run(state, &["status"]);
    assert_eq!((code, &status["may_be_opened"]), (9, &Value::from(false)));
    std::fs::write(state.join("tool-disk.qcow2"), &content[..LEAF]).unwrap();
    assert_eq!(run(state, &["verify"]).0, 5);
    let (code, verdict) = run(state, &["verify", "--repair"]);
    assert_eq!((code, &verdict["repaired"]), (0, &Value::from(true)));
    assert_eq!(run(state, &["verify"]).1["good"], true);
    assert_eq!(run(state, &["status"]).0, 0);
}

/// What was known of the former file says nothing of the one that is the disk now.
#[test]
fn another_file_in_the_place_of_the_disk_is_not_taken_for_it() {
    let (directory, center) = (temporary(), Center::start());
    let (state, content) = (directory.path(), disk(30, 1));
    enrol(state, &center);
    center.publish(&content);
    assert_eq!(run(state, &["sync"]).0, 0);
    let strangers: Vec<_> =
        ["enrolled.qcow2", "edited.qcow2", "legacy.qcow2"].map(|name| state.join(name)).into();
    for stranger in &strangers {
        std::fs::write(stranger, disk(30, 2)).unwrap();
    }
    let untrusted = |disk: &Path| {
        let (code, status) = run(state, &["status"]);
        assert_eq!((code, &status["state"]), (9, &Value::from("unproven")), "{status}");
        assert_eq!(status["disk"], disk.to_str().unwrap());
    };
    let mends = |disk: &Path| {
        let (code, answer) = run(state, &["sync"]);
        assert_eq!((code, &answer["outcome"]), (0, &Value::from("updated")), "{answer}");
        assert!(std::fs::read(disk).unwrap() == content);
        assert_eq!(run(state, &["status"]).0, 0);
    };
    let again = |disk: &Path| {
        let options = ["enrol", "--server", &center.url, "--token", TOKEN, "--again", "--disk"];
        assert_eq!(run(state, &[&options[..], &[disk.to_str().unwrap()]].concat()).0, 0);
    };
    again(&strangers[0]);
    untrusted(&strangers[0]);
    mends(&strangers[0]);

    let kept = agent::state::StateDir::new(state);
    let config = agent::state::Config { disk: strangers[1].clone(), ..kept.config().unwrap() };
    kept.save_config(&config).unwrap();
    untrusted(&strangers[1]);
    // The former file has an update that is not finished: none of it may come into this one.
    std::fs::write(state.join("disk/journal"), "of the former file").unwrap();
    assert_eq!(run(state, &["status"]).0, 9);
    mends(&strangers[1]);

    // An earlier release did not note which file it was.
    let mut record: Value =
        serde_json::from_slice(&std::fs::read(state.join("state.json")).unwrap()).unwrap();
    record.as_object_mut().unwrap().remove("file").unwrap();
    std::fs::write(state.join("state.json"), record.to_string()).unwrap();
    assert_eq!(run(state, &["status"]).0, 0);
    again(&strangers[2]);
    untrusted(&strangers[2]);
    mends(&strangers[2]);

    std::fs::write(&strangers[2], disk(31, 3)).unwrap();
    untrusted(&strangers[2]);
    mends(&strangers[2]);
}

#[test]
fn status_opens_nothing_for_writing_and_makes_nothing() {
    use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
    let (directory, center) = (temporary(), Center::start());
    let state = directory.path();
    enrol(state, &center);
    center.publish(&disk(10, 1));
    assert_eq!(run(state, &["sync"]).0, 0);
    let watch = Inotify::init(InitFlags::IN_NONBLOCK).unwrap();
    let closed = AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_CLOSE_NOWRITE;
    for name in ["tool-disk.qcow2", "state.json", "disk/leaves"] {
        watch.add_watch(&state.join(name), closed).unwrap();
    }
    assert_eq!(run(state, &["status"]).1["state"], "ready");
    let events = watch.read_events().unwrap();
    assert!(events.len() >= 3, "{events:?}");
    assert!(events.iter().all(|event| !event.mask.contains(AddWatchFlags::IN_CLOSE_WRITE)), "{events:?}");
    std::fs::remove_dir_all(state.join("disk")).unwrap();
    assert_eq!(run(state, &["status"]).1["state"], "unproven");
    assert!(!state.join("disk").exists());
}

#[test]
fn a_terminal_that_is_known_is_told_so_in_the_language_of_its_reader() {
    let (directory, center) = (temporary(), Center::start());
    let options = ["enrol", "--server", &center.url, "--token", TOKEN, "--mac", KNOWN_MAC];
    let state = |name: &str| directory.path().join(name);
    for (language, text) in [("en", "it is terminal PC-1 (t-1) as before"), ("zh", "原来的终端 PC-1")] {
        let mut words = Command::new(env!("CARGO_BIN_EXE_tool-disk"));
        words.arg("--state").arg(state(language)).args(["--lang", language]).args(options);
        let said = String::from_utf8(words.output().unwrap().stdout).unwrap();
        assert!(said.contains(text), "{said}");
    }
    assert_eq!(run(&state("json"), &options).1["again"], true);
    let (_, answer) = run(&state("other"), &[&options[..5], &["--mac", "00:1a:2b:3c:4d:5f"]].concat());
    assert_eq!((&answer["again"], &answer["name"]), (&Value::from(false), &Value::from("PC-1")));
}

#[test]
fn what_is_not_released_is_taken_only_by_force() {
    let (directory, center) = (temporary(), Center::start());
    center.publish(&disk(10, 1));
    center.state(|state| state.release = false);
    enrol(directory.path(), &center);
    let (code, answer) = run(directory.path(), &["sync"]);
    assert_eq!((code, &answer["outcome"]), (0, &Value::from("not_released")));
    assert_eq!(run(directory.path(), &["status"]).0, 10);
    assert_eq!(run(directory.path(), &["sync", "--force"]).1["outcome"], "updated");
}

#[test]
fn only_one_process_works() {
    let (directory, center) = (temporary(), Center::start());
    center.publish(&disk(10, 1));
    enrol(directory.path(), &center);
    let _held = agent::state::StateDir::new(directory.path()).lock().unwrap();
    assert_eq!(run(directory.path(), &["sync"]).0, 8);
}

/// Whoever answers an enrolment wrongly leaves a terminal that is not enrolled, and the next attempt succeeds.
#[test]
fn a_spoiled_enrolment_leaves_nothing() {
    let (directory, center) = (temporary(), Center::start());
    center.publish(&disk(5, 1));
    let state = directory.path();
    let arguments = ["enrol", "--server", &center.url, "--token", TOKEN, "--name", "t"];
    for mischief in [
        Mischief::Short,
        Mischief::Cut,
        Mischief::Endless,
        Mischief::Huge,
        Mischief::Status(200),
        Mischief::Status(302),
        Mischief::Status(500),
    ] {
        center.spoil(move |path| if path.ends_with("/enrol") { mischief } else { Mischief::None });
        let (code, answer) = run(state, &arguments);
        assert_ne!(code, 0, "{mischief:?}: {answer}");
        assert_ne!(run(state, &["sync"]).0, 0, "{mischief:?}");
        assert!(!state.join("tool-disk.qcow2").exists());
    }
    center.spoil(|_| Mischief::None);
    assert_eq!(run(state, &arguments).0, 0);
    assert_eq!(run(state, &["sync"]).1["outcome"], "updated");
}

pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(state: &Path, arguments: &[&str]) -> Self {
        let mut command = command(state, arguments);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Waits until the disk is being written; false when it never was.
    fn await_update(&mut self, state: &Path) -> bool {
        let marker = state.join("tool-disk.qcow2.updating");
        while self.0.try_wait().unwrap().is_none() {
            if marker.exists() {
                return true;
            }
            std::thread::yield_now();
        }
        false
    }

    fn signal(&self, signal: nix::sys::signal::Signal) {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.0.id() as i32), signal).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn the_daemon_follows_obeys_and_stops() {
    let (directory, center) = (temporary(), Center::start());
    enrol(directory.path(), &center);
    let mut daemon = Running::start(directory.path(), &["daemon"]);
    let idle_at = |version| {
        move |state: &crate::center::State| {
            let last = state.reports.last();
            last.is_some_and(|report| report.version == version && report.state == TerminalState::Idle)
        }
    };
    // Nothing is published yet.
    center.await_state(idle_at(0));
    let mut content = disk(30, 1);
    center.publish(&content);
    center.await_state(idle_at(1));
    // Switched off, a version is not taken; pushed, it is.
    center.state(|state| state.release = false);
    content = edited(&content, 2);
    center.publish(&content);
    let reports = center.state(|state| state.reports.len());
    center.await_state(move |state| state.reports.len() >= reports + 3);
    assert_eq!(center.state(|state| state.reports.last().unwrap().version), 1);
    center.state(|state| state.release = true);
    center.await_state(idle_at(2));
    assert!(std::fs::read(directory.path().join("tool-disk.qcow2")).unwrap() == content);

    let asked = Instant::now();
    daemon.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(daemon.0.wait().unwrap().code(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_daemon_enrolled_elsewhere_leaves_what_the_former_center_made_ready() {
    let (directory, former, center) = (temporary(), Center::start(), Center::start());
    let state = directory.path();
    enrol(state, &former);
    let mut content = disk(30, 1);
    former.publish(&content);
    assert_eq!(run(state, &["sync"]).0, 0);
    for seed in 2..4 {
        content = edited(&content, seed);
        former.publish(&content);
    }
    let user = std::fs::File::open(state.join("tool-disk.qcow2")).unwrap();
    user.lock().unwrap();
    assert_eq!(run(state, &["sync"]).0, 7);
    assert_eq!(run(state, &["status"]).1["pending_version"], 3);

    center.state(|state| state.name = "center-2".into());
    center.publish(&disk(40, 9));
    assert_eq!(run(state, &["enrol", "--again", "--server", &center.url, "--token", TOKEN]).0, 0);
    assert_eq!(run(state, &["status"]).1["pending_version"], Value::Null);
    drop(user);
    let _daemon = Running::start(state, &["daemon"]);
    center.await_state(|state| {
        state.reports.last().is_some_and(|last| last.version == 1 && last.state == TerminalState::Idle)
    });
    assert!(std::fs::read(state.join("tool-disk.qcow2")).unwrap() == disk(40, 9));
    assert_eq!(run(state, &["status"]).1["newest_version"], 1);
}

#[test]
fn a_daemon_that_is_not_to_listen_hears_of_a_version_when_it_reports() {
    let (directory, center) = (temporary(), Center::start());
    enrol(directory.path(), &center);
    center.state(|state| state.is_crowded = true);
    let _daemon = Running::start(directory.path(), &["daemon"]);
    let idle_at = |version| {
        move |state: &crate::center::State| {
            state.reports.last().is_some_and(|report| report.version == version)
        }
    };
    center.await_state(idle_at(0));
    center.publish(&disk(30, 1));
    center.await_state(idle_at(1));
    let reports = center.state(|state| state.reports.len());
    center.await_state(move |state| state.reports.len() >= reports + 2);
    assert!(!center.requests().iter().any(|path| path.contains("wait=")), "it keeps no connection");
}

#[test]
fn a_connection_that_broke_is_no_failure_of_the_terminal() {
    let (directory, center) = (temporary(), Center::start());
    enrol(directory.path(), &center);
    center.publish(&disk(30, 1));
    // One that listens is cut off, and one that reports is turned away: a PC wakes up, or the server starts again.
    let (mut listened, mut reported) = (0, 0);
    center.spoil(move |path| {
        listened += u32::from(path.contains("wait="));
        reported += u32::from(path.ends_with("/report"));
        match (path.contains("wait="), path.ends_with("/report")) {
            (true, _) if listened <= 2 => Mischief::Cut,
            (_, true) if reported == 4 => Mischief::Status(503),
            _ => Mischief::None,
        }
    });
    let _daemon = Running::start(directory.path(), &["daemon"]);
    center.await_state(|state| state.requests.iter().filter(|path| path.contains("wait=")).count() >= 4);
    let states: Vec<TerminalState> =
        center.state(|state| state.reports.iter().map(|report| report.state).collect());
    assert!(!states.contains(&TerminalState::Error), "{states:?}");
}

/// A proxy before the center that turns everybody away for a while is no word of the center.
#[test]
fn a_daemon_outlasts_a_proxy_that_turns_it_away() {
    let (directory, center) = (temporary(), Center::start());
    enrol(directory.path(), &center);
    center.publish(&disk(30, 1));
    let mut daemon = Running::start(directory.path(), &["daemon"]);
    for status in [401, 403] {
        center.spoil(move |_| Mischief::Status(status));
        center.requests();
        center
            .await_state(|state| state.requests.iter().filter(|path| path.ends_with("/report")).count() >= 2);
        assert!(daemon.0.try_wait().unwrap().is_none(), "it ends at {status}");
    }
    center.spoil(|_| Mischief::None);
    center.await_state(|state| state.reports.last().is_some_and(|report| report.version == 1));
}

fn is_idle_at(version: u64) -> impl Fn(&crate::center::State) -> bool {
    move |state| {
        let last = state.reports.last();
        last.is_some_and(|report| report.version == version && report.state == TerminalState::Idle)
    }
}

/// Waits until the daemon has done what there was to do, and listens.
fn await_listening(center: &Center) {
    center.requests();
    center.await_state(|state| state.requests.iter().any(|path| path.contains("wait=")));
}

#[test]
fn a_daemon_goes_on_with_the_secret_of_a_terminal_that_enrols_again() {
    let (directory, center) = (temporary(), Center::start());
    enrol(directory.path(), &center);
    let content = disk(30, 1);
    center.publish(&content);
    let mut daemon = Running::start(directory.path(), &["daemon"]);
    center.await_state(is_idle_at(1));
    await_listening(&center);
    let known = ["enrol", "--again", "--server", &center.url, "--token", TOKEN, "--mac", KNOWN_MAC];
    assert_eq!(run(directory.path(), &known).1["again"], true);
    center.publish(&edited(&content, 2));
    center.await_state(is_idle_at(2));
    await_listening(&center);
    // It is refused while somebody enrols it: the center has the new secret, and the state directory not yet.
    let state = agent::state::StateDir::new(directory.path());
    let enrolling = state.lock().unwrap();
    center.requests();
    let secret = center.state(|state| {
        state.secret.push('b');
        state.secret.clone()
    });
    center.await_state(|state| state.requests.iter().filter(|path| path.ends_with("/report")).count() >= 3);
    state.save_secret(&secret).unwrap();
    drop(enrolling);
    center.publish(&content);
    center.await_state(is_idle_at(3));
    // One that the center really does not know any more ends.
    center.state(|state| state.secret.push('c'));
    center.publish(&edited(&content, 4));
    assert_eq!(daemon.0.wait().unwrap().code(), Some(3));
}

#[test]
fn a_daemon_takes_nothing_from_a_center_that_its_terminal_has_left() {
    let directory = temporary();
    let (former, center) = (Center::start(), Center::named("center-2", 8));
    enrol(directory.path(), &former);
    let content = disk(30, 1);
    former.publish(&content);
    let _daemon = Running::start(directory.path(), &["daemon"]);
    former.await_state(is_idle_at(1));
    let other = edited(&content, 3);
    center.publish(&other);
    // The former center has a new version for whoever reports, and at this very moment the terminal leaves it.
    let (state, url, mut is_first) = (directory.path().to_owned(), center.url.clone(), true);
    former.spoil(move |path| {
        if path.ends_with("/report") && std::mem::take(&mut is_first) {
            let options = ["enrol", "--again", "--server", &url, "--token", TOKEN];
            assert_eq!(run(&state, &options).0, 0);
        }
        Mischief::None
    });
    former.publish(&edited(&content, 2));
    center.await_state(is_idle_at(1));
    assert!(std::fs::read(directory.path().join("tool-disk.qcow2")).unwrap() == other);
    let (code, status) = run(directory.path(), &["status"]);
    assert_eq!((code, &status["center"], &status["version"]), (0, &Value::from("center-2"), &Value::from(1)));
    let reports = former.state(|state| state.reports.iter().filter(|report| report.version == 2).count());
    assert_eq!(reports, 0, "it took a version of the center that it had left");
}

/// Kills the program at moments that a seed chooses, over new disks, patches and leaves, until it gets through.
#[test]
fn killed_at_any_moment_it_ends_identical() {
    let (directory, center) = (temporary(), Center::start());
    let state = directory.path();
    enrol(state, &center);
    let mut noise = Noise(42);
    let mut content = disk(150, 1);
    let (mut kills, mut unfinished) = (0, 0);
    for round in 0..20 {
        center.publish(&content);
        if round == 3 {
            center.state(|state| {
                state.updates.clear();
                state.sign(|_| {}, |_| {});
            });
        }
        for attempt in 0..6 {
            let mut running = Running::start(state, &["sync"]);
            // Every other kill waits until the disk is being written.
            let (begin, most_us) =
                if attempt % 2 == 1 { (running.await_update(state), 15_000) } else { (true, 90_000) };
            if begin {
                std::thread::sleep(Duration::from_micros(noise.below(most_us) as u64));
            }
            kills += usize::from(running.0.try_wait().unwrap().is_none());
            drop(running);
            // Whatever the moment was: a disk that may be opened is a whole version.
            let (code, status) = run(state, &["status"]);
            match code {
                0 => assert_whole(state, &status),
                9 => unfinished += 1,
                10 => {}
                other => panic!("status answers {other}: {status}"),
            }
        }
        assert_eq!(run(state, &["sync"]).0, 0);
        assert!(std::fs::read(state.join("tool-disk.qcow2")).unwrap() == content, "round {round}");
        assert_eq!(run(state, &["status"]).0, 0);
        // A machine that is slow or fast needs more rounds for moments of every kind.
        if round >= 4 && kills >= 10 && unfinished >= 1 {
            break;
        }
        content = edited(&content, round + 10);
        noise.fill(&mut content[..20 * LEAF]);
    }
    println!("{kills} kills, {unfinished} of them within an update");
    assert!(kills >= 10 && unfinished >= 1, "only {kills} kills came in time, {unfinished} within an update");
}

fn assert_whole(state: &Path, status: &Value) {
    let file = disk_patch::FileStore::open_read_only(state.join("tool-disk.qcow2")).unwrap();
    let table = disk_patch::LeafTable::of_store(&file, &mut disk_patch::unwatched()).unwrap();
    assert_eq!(status["root"], table.root().to_string());
}
