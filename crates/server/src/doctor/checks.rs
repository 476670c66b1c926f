//! All checks in their order.

use super::words::{self, Name};
use super::{Check, Language, data_dir, programs};
use crate::config::{Config, Glance, Tls, VoiApi};
use crate::glance;
use crate::http::tls;
use crate::messages::text_of;
use crate::platform::VoiApiClient;
use crate::serve;
use center::{DataDir, Platform as _};
use driver_package::ReaderProgram;
use fault::{Error, Result};
use protocol::api::Finding;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// Time for a database to answer.
const DATABASE_PATIENCE: Duration = Duration::from_secs(5);
/// Time for Glance, and Keystone before it.
const GLANCE_PATIENCE: Duration = Duration::from_secs(10);

/// What `serve` looks at.
pub(super) fn essential(config: &Config, language: Language) -> Vec<Check> {
    let mut checks = programs::tools(language);
    checks.extend(programs::own(language));
    checks.extend(data_dir::checks(config, language));
    checks
}

/// Everything.
pub(super) fn all(config: &Config, language: Language) -> Vec<Check> {
    let mut checks = essential(config, language);
    checks.extend(data_dir::images(config, language));
    checks.push(confinement(language));
    checks.push(database(config, language));
    checks.extend(config.tls.as_ref().map(|files| certificate(files, language)));
    checks.extend(config.glance.as_ref().map(|config| image_service(config, language)));
    checks.extend(config.voi_api.as_ref().map(|platform| neighbour(platform, &config.data_dir, language)));
    checks.push(port(config, language));
    checks
}

/// The platform beside the center: both questions that a save asks, but for the Base that it would be merged into, which only
/// the records name. What it is told changes something there, so that is not tried.
fn neighbour(config: &VoiApi, data_dir: &Path, language: Language) -> Check {
    let asked = VoiApiClient::new(config).and_then(|platform| {
        let has_task = platform.is_send_task()?;
        let image = image_to_ask_about(data_dir).map(|path| path.to_string_lossy().into_owned());
        let has_room = image.map(|image| platform.can_upload_and_commit(&image, None)).transpose()?;
        Ok((has_task, has_room != Some(false)))
    });
    let (ok, found, remedy) = match asked {
        Ok((has_task, true)) => (true, words::platform(&config.url, has_task, language), None),
        Ok((_, false)) => (
            false,
            words::platform_without_room(&config.url, language),
            Some(words::make_room_there(language)),
        ),
        Err(error) => (false, text_of(&error, language), Some(words::mend_platform(language))),
    };
    let finding = Finding { name: words::name(Name::Platform, language), ok, found, remedy };
    Check { finding, is_essential: false }
}

/// The image that a save would ask about, or the one that it would be merged into. Before the first start there is none.
fn image_to_ask_about(data_dir: &Path) -> Option<PathBuf> {
    let data_dir = DataDir::new(data_dir);
    [data_dir.active(), data_dir.base()].into_iter().find(|image| image.exists())
}

fn image_service(config: &Glance, language: Language) -> Check {
    let checked = glance::store(config).and_then(|store| within(GLANCE_PATIENCE, move || store.check()));
    let ok = checked.is_ok();
    let place = config.endpoint.clone().unwrap_or_else(|| "Keystone".to_owned());
    let found = checked.map_or_else(|error| error.to_string(), |()| place);
    let remedy = (!ok).then(|| words::mend_glance(language));
    let finding = Finding { name: words::name(Name::Glance, language), ok, found, remedy };
    Check { finding, is_essential: false }
}

/// What `ask` answers, if it does so in time; else it is left to itself.
fn within<T: Send + 'static>(time: Duration, ask: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (sender, answer) = mpsc::channel();
    std::thread::spawn(move || {
        // Nobody waits for a late answer.
        let _late = sender.send(ask());
    });
    let late = |_| Err(Error::unavailable(format!("no answer within {} s", time.as_secs())));
    answer.recv_timeout(time).unwrap_or_else(late)
}

fn certificate(files: &Tls, language: Language) -> Check {
    let checked = tls::check(files);
    let ok = checked.is_ok();
    let found = checked.map_or_else(|error| error.to_string(), |()| files.certificate.display().to_string());
    let remedy = (!ok).then(|| words::mend_certificate(language));
    let finding = Finding { name: words::name(Name::Certificate, language), ok, found, remedy };
    Check { finding, is_essential: false }
}

fn confinement(language: Language) -> Check {
    let report = ReaderProgram::beside_current_exe().and_then(|reader| reader.confinement());
    let (ok, found) = match report {
        Ok(lines) => (!lines.is_empty(), lines.join("; ")),
        Err(error) => (false, error.to_string()),
    };
    let remedy = (!ok).then(|| words::unconfined(language));
    let finding = Finding { name: words::name(Name::Confinement, language), ok, found, remedy };
    Check { finding, is_essential: false }
}

fn database(config: &Config, language: Language) -> Check {
    let url = config.database();
    let file = url.strip_prefix("sqlite://").map(|rest| rest.split('?').next().unwrap_or(rest).to_owned());
    let (ok, found) = match file {
        Some(file) if !Path::new(&file).exists() => (true, words::will_be_made(&file, language)),
        Some(file) => {
            ping(&format!("sqlite://{file}?mode=ro")).map_or_else(|e| (false, e), |()| (true, file))
        }
        None => ping(&url).map_or_else(|e| (false, e), |()| (true, without_password(&url))),
    };
    let remedy = (!ok).then(|| words::start_database(language));
    let finding = Finding { name: words::name(Name::Database, language), ok, found, remedy };
    Check { finding, is_essential: false }
}

/// Whether a database answers. It is not changed.
fn ping(url: &str) -> Result<(), String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.connect_timeout(DATABASE_PATIENCE).acquire_timeout(DATABASE_PATIENCE).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await.map_err(|e| e.to_string())?;
        connection.ping().await.map_err(|e| e.to_string())
    })
}

fn without_password(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, place)) => format!("{scheme}://…@{place}"),
        None => url.to_owned(),
    }
}

fn port(config: &Config, language: Language) -> Check {
    let address = config.listen.to_string();
    let (ok, found) = match TcpListener::bind(config.listen) {
        Ok(_) => (true, address),
        Err(_) if serve::is_running(&config.data_dir) => (true, words::is_running(&address, language)),
        Err(error) => (false, format!("{address}: {error}")),
    };
    let remedy = (!ok).then(|| format!("ss -ltnp 'sport = :{}'", config.listen.port()));
    let finding = Finding { name: words::name(Name::Port, language), ok, found, remedy };
    Check { finding, is_essential: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_does_not_answer_is_not_waited_for() {
        assert_eq!(within(GLANCE_PATIENCE, || Ok(7)).unwrap(), 7);
        let (keep, never) = mpsc::channel::<()>();
        let silent = within(Duration::from_millis(1), move || Ok(never.recv().is_ok()));
        assert_eq!(silent.unwrap_err().kind(), fault::Kind::Unavailable);
        drop(keep);
    }

    #[test]
    fn a_database_is_shown_without_its_password() {
        assert_eq!(without_password("mysql://root:s@cret@host/name"), "mysql://…@host/name");
    }
}
