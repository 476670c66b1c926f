//! The two programs that the worker runs: `mkntfs` and `qemu-img`.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use fault::{Context, Error, Result};

use crate::ffi::host::prepare_child;

/// What is kept of a program's error output.
const ERROR_BYTES_MAX: u64 = 4096;

/// Puts an empty NTFS on a file that has the size of the volume.
pub(crate) fn make_ntfs(volume: &Path, label: &str, hidden_sectors: u64) -> Result<()> {
    let mut command = Command::new("mkntfs");
    command.args(["--quiet", "--force", "--quick", "--sector-size", "512", "--cluster-size", "4096"]);
    command.args(["--heads", "255", "--sectors-per-track", "63"]);
    command.args([OsStr::new("--partition-start"), OsStr::new(&hidden_sectors.to_string())]);
    // It takes no `--`: an absolute path cannot look like an option.
    let volume = std::path::absolute(volume).context(|| format!("find {}", volume.display()))?;
    command.args([OsStr::new("--label"), OsStr::new(label), volume.as_os_str()]);
    run(command, "mkntfs", "ntfs-3g", &mut |_| Ok(()))
}

/// Rewrites a qcow2 file that names no other files, with the features that are written here.
pub(crate) fn convert(source: &Path, dest: &Path, tell: &mut dyn FnMut(f64) -> Result<()>) -> Result<()> {
    let mut command = Command::new("qemu-img");
    command.args(["convert", "-p", "-f", "qcow2", "-O", "qcow2", "-o"]);
    command.arg("compat=1.1,cluster_size=65536,refcount_bits=16,lazy_refcounts=off,preallocation=off");
    command.args([OsStr::new("--"), source.as_os_str(), dest.as_os_str()]);
    let mut text = Vec::new();
    run(command, "qemu-img", "qemu-utils", &mut |byte| {
        match byte {
            b'(' => text.clear(),
            b'/' => {
                if let Some(percent) = std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()) {
                    tell(percent)?;
                }
                text.clear();
            }
            _ if text.len() < 16 => text.push(byte),
            _ => {}
        }
        Ok(())
    })
}

/// Runs a program to its end; `hear` gets each byte of its output.
fn run(
    mut command: Command,
    program: &'static str,
    package: &'static str,
    hear: &mut dyn FnMut(u8) -> Result<()>,
) -> Result<()> {
    prepare_child(&mut command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::unavailable(format!("program {program} is missing"))
            .with_notice("disk.program_missing")
            .with_value("program", program)
            .with_value("package", package),
        _ => Error::from(error).in_context(format!("start {program}")),
    })?;
    let errors = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut errors) = errors {
            // What does not come through is not told; what is too much is read all the same.
            let _ = errors.by_ref().take(ERROR_BYTES_MAX).read_to_end(&mut text);
            let _ = std::io::copy(&mut errors, &mut std::io::sink());
        }
        String::from_utf8_lossy(&text).trim().replace('\n', "; ")
    });
    if let Some(output) = child.stdout.take() {
        for byte in std::io::BufReader::new(output).bytes() {
            hear(byte.context(|| format!("read from {program}"))?)?;
        }
    }
    let status = child.wait().context(|| format!("wait for {program}"))?;
    let text = reader.join().unwrap_or_default();
    if status.success() {
        return Ok(());
    }
    let error = format!("{program} failed ({status}): {text}");
    match text.contains("No space left") {
        true => Err(Error::no_space(error)),
        false => Err(Error::unavailable(error)),
    }
}
