//! `tool-disk daemon`.

use fault::Result;

use crate::backoff;
use crate::cli::Context;
use crate::daemon::Surroundings;
use crate::exit;
use crate::report::explained;

/// Runs until it is stopped.
pub fn run(context: &Context) -> Result<u8> {
    let terminal = context.terminal()?;
    let ui = &context.ui;
    let values = [("program", env!("CARGO_PKG_VERSION")), ("server", &terminal.config.server)];
    ui.line(&ui.text("daemon.start", &values));
    let surroundings = Surroundings {
        watch: ui,
        language: ui.language,
        random: &backoff::random,
        on_failure: &|error, pause| {
            ui.end_progress();
            let seconds = format!("{:.1}", pause.as_secs_f64());
            let next = ui.text("daemon.pause", &[("seconds", &seconds)]);
            ui.line(&format!("{}; {next}", explained(ui.language, error)));
        },
    };
    terminal.run(&surroundings)?;
    ui.line(&ui.text("daemon.stop", &[]));
    Ok(exit::OK)
}
