//! Real services to measure beside: started by the scripts that the tests use, and ended with the measurement.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use fault::{Context, Error, Result};

/// A script that holds services up for as long as the command that it runs; that command waits for its input to end.
pub(crate) struct Service {
    script: Child,
    values: Vec<String>,
}

impl Service {
    /// Starts `scripts/<script>` and learns the variables that it sets for its command.
    pub(crate) fn start(script: &str, variables: &[&str]) -> Result<Self> {
        Self::start_with(script, variables, &[])
    }

    /// The same, with variables that the script heeds.
    pub(crate) fn start_with(script: &str, variables: &[&str], settings: &[(&str, &str)]) -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(script);
        let tell: String = variables.iter().map(|name| format!("echo \"${name}\"; ")).collect();
        let mut script = Command::new(&path)
            .args(["sh", "-c", &format!("{tell} exec cat")])
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context(|| format!("start {}", path.display()))?;
        let output = script.stdout.take().ok_or_else(|| Error::bug("a script without its output"))?;
        let values: Vec<String> =
            BufReader::new(output).lines().take(variables.len()).collect::<std::io::Result<_>>()?;
        match values.len() == variables.len() && values.iter().all(|value| !value.is_empty()) {
            true => Ok(Self { script, values }),
            false => Err(Error::unavailable(format!("start the services of {}", path.display()))),
        }
    }

    /// The variables' values, in the order in which they were asked for.
    pub(crate) fn values(&self) -> &[String] {
        &self.values
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Its command's input ends, and with it the command and the services.
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}
