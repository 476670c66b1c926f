//! Programs of others and of our own: whether they are there, start, and which version they are.

use super::words::{self, Name};
use super::{Check, Language};
use protocol::api::Finding;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Where the workers look for programs too.
const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Time for a program to say its version.
const PATIENCE: Duration = Duration::from_secs(10);
/// Exit code of a program whose libraries are missing.
const LOADER_FAILED: i32 = 127;
/// What is read of its answer.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// A program that a package of the distribution brings.
struct Tool {
    name: &'static str,
    arguments: &'static [&'static str],
    /// What the line with the version contains.
    mark: &'static str,
    package: &'static str,
}

const TOOLS: [Tool; 3] = [
    Tool { name: "7zz", arguments: &["i"], mark: "7-Zip", package: "7zip" },
    Tool { name: "qemu-img", arguments: &["--version"], mark: "version", package: "qemu-utils" },
    Tool { name: "mkntfs", arguments: &["--version"], mark: "mkntfs", package: "ntfs-3g" },
];

/// Programs that are installed from the distribution.
pub(super) fn tools(language: Language) -> Vec<Check> {
    TOOLS.iter().map(|tool| check_tool(tool, language)).collect()
}

fn check_tool(tool: &Tool, language: Language) -> Check {
    let answer = run(Path::new(tool.name), tool.arguments);
    let version = answer.as_ref().ok().and_then(|text| text.lines().find(|line| line.contains(tool.mark)));
    let finding = Finding {
        name: tool.name.to_owned(),
        ok: version.is_some(),
        found: match (&answer, version) {
            (_, Some(line)) => line.trim().to_owned(),
            (Err(failure), None) => failure.shown(language),
            (Ok(text), None) => text.lines().next().unwrap_or_default().to_owned(),
        },
        remedy: version.is_none().then(|| format!("apt-get install {}", tool.package)),
    };
    Check { finding, is_essential: true }
}

/// The programs that belong to the driver center, beside the running one. They say nothing to people; what counts is
/// that they start, which takes the libraries that they are linked to.
pub(super) fn own(language: Language) -> Vec<Check> {
    vec![
        check_own(Name::DiskWorker, "disk-worker", &[], language),
        check_own(Name::PackageReader, "package-reader", &["--confinement"], language),
    ]
}

fn check_own(name: Name, file: &str, arguments: &[&str], language: Language) -> Check {
    let path = std::env::current_exe().unwrap_or_default().with_file_name(file);
    let failure = run(&path, arguments).err().filter(|failure| !failure.has_started);
    let remedy = failure.as_ref().map(|failure| match failure.text.contains("libntfs-3g") {
        true => "apt-get install ntfs-3g".to_owned(),
        false => words::reinstall(language),
    });
    let found = match &failure {
        None => path.display().to_string(),
        Some(failure) => format!("{}: {}", path.display(), failure.shown(language)),
    };
    let finding = Finding { name: words::name(name, language), ok: failure.is_none(), found, remedy };
    Check { finding, is_essential: true }
}

/// Why a program gave no answer.
struct Failure {
    /// What it said; empty when there is no such program.
    text: String,
    /// Whether it was the program itself that failed, not its start.
    has_started: bool,
}

impl Failure {
    fn shown(&self, language: Language) -> String {
        match self.text.lines().next() {
            Some(line) => line.to_owned(),
            None => words::not_found(language),
        }
    }

    fn before_start(text: String) -> Self {
        Self { text, has_started: false }
    }
}

/// What a program says; an error when it is missing, fails, or says nothing in time.
fn run(program: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::before_start(String::new()),
            _ => Failure::before_start(error.to_string()),
        })?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let out = std::thread::spawn(move || read(out));
    let err = std::thread::spawn(move || read(err));
    let end = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait().map_err(|e| Failure::before_start(e.to_string()))? {
            Some(status) => break status,
            None if Instant::now() > end => {
                // Both fail only when it has just ended.
                drop((child.kill(), child.wait()));
                return Err(Failure::before_start(format!("no answer in {} s", PATIENCE.as_secs())));
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let text = out.join().unwrap_or_default() + &err.join().unwrap_or_default();
    if status.success() {
        return Ok(text);
    }
    let has_started = status.code().is_some_and(|code| code != LOADER_FAILED);
    Err(Failure { text: format!("{} ({status})", text.trim()), has_started })
}

fn read(pipe: Option<impl std::io::Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What was read before a failure is still worth showing.
        drop(pipe.take(ANSWER_BYTES_MAX).read_to_end(&mut bytes));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
