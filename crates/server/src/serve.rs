//! `driver-center serve`: from the configuration to a running server, and its end.
//!
//! The order matters: first what can be refused without touching anything, then the lock on the data directory, then
//! the address, then the center, which finishes or undoes what a crash left. Requests are answered when all of that is
//! done.

use crate::config::{Config, Layout, Source};
use crate::doctor;
use crate::http::app::{App, Shared};
use crate::http::metrics::Metrics;
use crate::http::places::Places;
use crate::http::tls::Handshakes;
use crate::http::{listen, routes};
use crate::limits::{ACCEPT_QUEUE, SESSION_SWEEP};
use crate::logs::{self, LogFormat};
use crate::messages::Language;
use crate::output;
use crate::platform::VoiApiClient;
use crate::uploads::Uploads;
use center::accounts::{self, SignInLimiter};
use center::{Center, DataDir, Machine, Mirror, db};
use disk_image::{CreateOptions, WorkerProgram};
use driver_package::{Limits, ReaderProgram};
use fault::{Context as _, Error, Result};
use image_store::DirectoryStore;
use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Name of the file in the data directory that a running server keeps locked.
const LOCK_FILE: &str = "server.lock";
/// Name of the first administrator.
const FIRST_ADMINISTRATOR: &str = "admin";
/// Time for the center to end what it is doing; what is cut off is finished or undone at the next start.
const CLOSE_PATIENCE: Duration = Duration::from_secs(60);

/// What `serve` is told.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t, env = "DRIVER_CENTER_LOG_FORMAT")]
    log_format: LogFormat,
    /// Which log lines are written, such as `info,http=debug`.
    #[arg(
        long,
        value_name = "FILTER",
        default_value = "info,sea_orm_migration=warn",
        env = "DRIVER_CENTER_LOG"
    )]
    log: String,
}

/// `driver-center serve`.
pub(crate) fn run(arguments: &Arguments, language: Language) -> ExitCode {
    match serve(arguments, language) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output::failed(&error, language),
    }
}

fn serve(arguments: &Arguments, language: Language) -> Result<()> {
    logs::start(arguments.log_format, &arguments.log)?;
    let config = arguments.source.load()?;
    doctor::require_essentials(&config, language)?;
    // Whatever is made from here on is the server's alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let _lock = lock(&config.data_dir)?;
    let runtime = tokio::runtime::Runtime::new().context(|| "start the threads of the server")?;
    runtime.block_on(work(config, language))
}

/// Makes the data directory where it is missing, and keeps other servers out of it.
pub(crate) fn lock(data_dir: &Path) -> Result<File> {
    let unusable = |e: Error| e.with_notice("serve.data_dir").with_value("path", data_dir.display());
    let mut builder = std::fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .context(|| "make the data directory")
        .map_err(unusable)?;
    let path = data_dir.join(LOCK_FILE);
    let file = File::options().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = file.context(|| format!("open {}", path.display())).map_err(unusable)?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(_) => Err(Error::conflict(format!("{} is locked", path.display()))
            .with_notice("serve.already_running")
            .with_value("path", data_dir.display())),
    }
}

/// Whether a server has this data directory open.
pub(crate) fn is_running(data_dir: &Path) -> bool {
    let Ok(file) = File::open(data_dir.join(LOCK_FILE)) else { return false };
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_err()
}

async fn work(config: Config, language: Language) -> Result<()> {
    let mut signals = Signals::listen()?;
    let places = Places::as_allowed();
    let listener = bind(config.listen)?;
    let address = listener.local_addr().context(|| "ask for the address")?;
    let glance = config.glance.as_ref().map(crate::glance::store).transpose()?;
    let handshakes = config.tls.clone().map(Handshakes::begin).transpose()?;
    let db = db::connect(&config.database()).await?;
    center::moving::refuse_moved(&db).await?;
    let store = DirectoryStore::open(DataDir::new(&config.data_dir).images())?;
    let center = Center::open(center_config(&config)?, db, Arc::new(store), Arc::new(Machine)).await?;
    if let (Some(store), Some(glance)) = (glance, &config.glance) {
        center.mirror_to(Mirror { store: Arc::new(store), base_every: glance.base_every });
    }
    center.keep_platform_told();
    center.keep_terminal_history();
    greet(center.db(), &format!("{}://{address}/", config.scheme()), language).await?;

    let (stopper, stop) = watch::channel(false);
    let metrics = Arc::new(Metrics::default());
    let uploads = Uploads::new(center.clone(), config.upload.clone(), metrics.clone());
    let tidying = [tokio::spawn(uploads.clone().keep_tidy()), tokio::spawn(forget_sessions(center.clone()))];
    let shared = Shared {
        center: center.clone(),
        limiter: SignInLimiter::default(),
        uploads,
        metrics,
        places: places.clone(),
        bandwidth: Default::default(),
        access: watch::Sender::default(),
        config,
        stop: stop.clone(),
    };
    let router = routes::router(App::new(shared));
    let serving = tokio::spawn(listen::serve(listener, handshakes, router, places, stop));
    signals.any().await;
    tracing::info!(target: "http", "stopping");
    // Nobody listening means that it has stopped already.
    let _listening = stopper.send(true);
    serving.await.map_err(|e| Error::bug(format!("the server ended: {e}")))?;
    tidying.iter().for_each(tokio::task::JoinHandle::abort);
    if tokio::time::timeout(CLOSE_PATIENCE, center.close()).await.is_err() {
        tracing::warn!(target: "voi_drive_img_manage", "stopped while the center was at work");
    }
    Ok(())
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    listen_on(address)
        .context(|| format!("listen on {address}"))
        .map_err(|error| error.with_notice("serve.cannot_listen").with_value("address", address))
}

/// The queue of a listener is short unless it is said: then terminals that come in a burst are not heard for seconds.
fn listen_on(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Connections of a server that has just ended must not keep the next one out.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(ACCEPT_QUEUE)
}

pub(crate) fn center_config(config: &Config) -> Result<center::Config> {
    let data_dir = DataDir::new(&config.data_dir);
    let reader = ReaderProgram::beside_current_exe()?.with_spool_directory(data_dir.work());
    Ok(center::Config {
        disk: CreateOptions {
            virtual_size_bytes: config.disk.virtual_bytes(),
            layout: match config.disk.layout {
                Layout::WholeVolume => disk_image::Layout::WholeVolume,
                Layout::MbrPartition => disk_image::Layout::MbrPartition,
            },
            label: config.disk.label.clone(),
        },
        adopt: config.disk.adopt.clone(),
        worker: WorkerProgram::beside_current_exe()?,
        reader,
        limits: Limits::default(),
        retention: center::Retention { days: config.retention.days, versions: config.retention.versions_min },
        task_timeout_seconds: config.terminals.offline_after_seconds,
        platform: platform(config)?,
        edit_idle_minutes: config.edit.idle_minutes,
        data_dir,
    })
}

/// The existing `voi_api`, where one is named.
fn platform(config: &Config) -> Result<Option<Arc<dyn center::Platform>>> {
    let client = config.voi_api.as_ref().map(VoiApiClient::new).transpose()?;
    Ok(client.map(|client| Arc::new(client) as _))
}

/// Says where the server is and, at the first start, how to get in. The password is shown this once only.
async fn greet(db: &db::Db, url: &str, language: Language) -> Result<()> {
    let name = FIRST_ADMINISTRATOR;
    let mut random = accounts::system_random();
    if let Some(password) = accounts::create_first_administrator(db, name, db::now(), &mut random).await? {
        let password = password.expose();
        output::line(&match language {
            Language::Chinese => {
                format!("首次启动：管理员 {name}，初始密码 {password} （仅显示这一次，登录后须修改）")
            }
            Language::English => format!(
                "First start: administrator {name}, one-time password {password} (shown only now; change it after signing in)"
            ),
        });
    }
    let running = language.pick("驱动中心已启动：", "The driver center is running: ");
    output::line(&format!("{running}{url}"));
    Ok(())
}

/// Forgets sessions that have ended, for ever.
async fn forget_sessions(center: Center) {
    let mut clock = tokio::time::interval(SESSION_SWEEP);
    loop {
        clock.tick().await;
        if let Err(error) = accounts::remove_expired_sessions(center.db(), db::now()).await {
            tracing::warn!(target: "http", %error, "cannot forget old sessions");
        }
    }
}

/// The signals that end the server. They are listened to from the beginning, so that none kills it half-way.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context(|| "listen to SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context(|| "listen to SIGINT")?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
