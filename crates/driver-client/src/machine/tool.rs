//! Running a program of the system, with a bound on its time and its output.

use fault::{Context as _, Error, Result};
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::limits::{OUTPUT_BYTES_MAX, POLL};

/// Runs a program that nobody answers; gives its output if it succeeds. What it complains of is in the error.
pub(super) fn output_of(command: &mut Command, time: Duration) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context(|| format!("run {program}"))?;
    let output = reader(child.stdout.take());
    let complaint = reader(child.stderr.take());
    let end = Instant::now() + time;
    let status = loop {
        match child.try_wait().context(|| format!("wait for {program}"))? {
            Some(status) => break status,
            None if Instant::now() < end => std::thread::sleep(POLL / 10),
            None => {
                // It may have ended just now.
                let _killed = child.kill();
                let _reaped = child.wait();
                return Err(Error::unavailable(format!(
                    "run {program}: no answer within {} s",
                    time.as_secs()
                )));
            }
        }
    };
    let (output, complaint) = (text_of(output), text_of(complaint));
    match status.success() {
        true => Ok(output),
        false => {
            // Programs of Windows complain on either.
            let said = if complaint.trim().is_empty() { output } else { complaint };
            Err(Error::unavailable(format!("run {program}: {status}: {}", said.trim())))
        }
    }
}

fn reader(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            // What was read before a failure is what there is.
            let _read = stream.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes);
        }
        bytes
    })
}

fn text_of(reader: std::thread::JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_heard_bounded_and_its_complaint_is_told() {
        let run = |script: &str, time| output_of(Command::new("sh").args(["-c", script]), time);
        let patient = Duration::from_secs(60);
        assert_eq!(run("echo heard", patient).unwrap(), "heard\n");
        assert!(run("echo why >&2; exit 3", patient).unwrap_err().to_string().contains("why"));
        assert!(run("exec sleep 600", Duration::from_millis(100)).is_err());
        assert!(output_of(&mut Command::new("no-such-program-here"), patient).is_err());
    }
}
