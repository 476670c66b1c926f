//! Commits that happen and are not told: the connection to the database is lost before the answer comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use center::Center;
use center::db::entities::edit::{self, EditState};
use sea_orm::{
    ColumnTrait as _, Database, DatabaseConnection, DbBackend, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::printers;
use crate::site::{Site, actor, noise, read, save};

/// The packet of a client of MySQL that commits.
const COMMIT: &[u8] = b"\x07\0\0\0\x03COMMIT";
const PIECE_BYTES: usize = 1 << 16;

/// Stands between a center and its database. While it is told to, it cuts connections whose commit ends an edit, when
/// the database has committed.
struct Between {
    server: String,
    database: DatabaseConnection,
    cuts: AtomicBool,
    lost: AtomicU32,
}

impl Between {
    /// Has the center of `site` go through it.
    async fn place(site: &mut Site) -> Arc<Self> {
        let (scheme, rest) = site.url.split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let through = format!("{scheme}@{}/{name}?ssl-mode=DISABLED", listener.local_addr().unwrap());
        let between = Arc::new(Self {
            server: server.to_owned(),
            database: Database::connect(&site.url).await.unwrap(),
            cuts: AtomicBool::new(false),
            lost: AtomicU32::new(0),
        });
        site.url = through;
        let serving = between.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let carrying = serving.clone();
                tokio::spawn(async move { carrying.carry(client).await });
            }
        });
        between
    }

    async fn carry(&self, mut client: TcpStream) -> std::io::Result<()> {
        let mut server = TcpStream::connect(&self.server).await?;
        let (mut asked, mut answered) = (vec![0; PIECE_BYTES], vec![0; PIECE_BYTES]);
        loop {
            tokio::select! {
                got = client.read(&mut asked) => {
                    let asked = &asked[..got?];
                    let is_cut = asked.ends_with(COMMIT) && self.is_to_be_cut().await;
                    server.write_all(asked).await?;
                    if asked.is_empty() {
                        return Ok(());
                    }
                    if is_cut {
                        assert_ne!(server.read(&mut answered).await?, 0);
                        self.lost.fetch_add(1, Ordering::Relaxed);
                        return Ok(());
                    }
                }
                got = server.read(&mut answered) => match got? {
                    0 => return Ok(()),
                    got => client.write_all(&answered[..got]).await?,
                }
            }
        }
    }

    async fn is_to_be_cut(&self) -> bool {
        self.cuts.load(Ordering::Relaxed) && {
            let pending = edit::Entity::find().filter(edit::Column::State.eq(EditState::Pending));
            pending.count(&self.database).await.unwrap() > 0
        }
    }

    /// Does something whose commit is lost.
    async fn lose<T>(&self, change: impl Future<Output = T>) -> T {
        let before = self.lost.load(Ordering::Relaxed);
        self.cuts.store(true, Ordering::Relaxed);
        let outcome = change.await;
        self.cuts.store(false, Ordering::Relaxed);
        assert!(self.lost.load(Ordering::Relaxed) > before, "nothing was lost");
        outcome
    }
}

async fn files(center: &Center, directory: &str) -> usize {
    center.list_files(directory).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_commit_happened_has_succeeded() {
    let mut site = Site::new().await;
    let backend = Database::connect(&site.url).await.unwrap().get_database_backend();
    if backend != DbBackend::MySql {
        println!("skipped: about MySQL and MariaDB only");
        return;
    }
    let between = Between::place(&mut site).await;
    let center = site.open().await;
    let driver = between.lose(site.import(&center, "net")).await;
    assert_eq!(center.drivers().await.unwrap().len(), 1);
    assert!(read(&center, "/sys/tq/net/net/device.sys").await == noise("net", 200_000));
    assert_eq!(center.jobs(1, &ToString::to_string).await.unwrap()[0].state, "succeeded");

    let printer = between.lose(printers::import(&site, &center, "lp")).await;
    let paper = printers::change(printer, r#"{"paper":"A6"}"#);
    between.lose(center.update_printer(&actor(), paper)).await.unwrap();
    let copy = between.lose(center.duplicate_printer(&actor(), printer)).await.unwrap();
    let listed = center.printers().await.unwrap();
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [copy, printer]);
    assert!(listed.iter().all(|row| row.paper.to_string() == "A6"));
    assert_eq!((files(&center, "/sys/tq").await, files(&center, "/pri").await), (1, 2));
    assert_eq!(save(&center).await, 1);

    between.lose(center.delete_drivers(&actor(), &[driver])).await.unwrap();
    between.lose(center.delete_printers(&actor(), &[printer, copy])).await.unwrap();
    assert_eq!(center.changes().await.unwrap().len(), 3);
    assert_eq!((files(&center, "/sys/tq").await, files(&center, "/pri").await), (0, 0));
    assert_eq!(save(&center).await, 2);
    assert_eq!(center.version(2).await.unwrap().packages, 0);
}
