//! Many rows of all kinds, as years of a large site leave them.

use center::db::entities::{audit, driver_file, job, terminal, version};
use center::db::{self, Db, commit};
use chrono::TimeDelta;
use fault::{Error, Result};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryOrder};
use serde_json::{Value, json};

use crate::full_or_small;
use crate::served::lost;

/// Rows of one statement.
const ROWS: usize = 500;
/// Packages in each version.
const PACKAGES: usize = 30;

pub(super) async fn fill(db: &Db) -> Result<()> {
    let newest =
        version::Entity::find().order_by_desc(version::Column::Number).one(db).await.map_err(lost)?;
    let newest = newest.ok_or_else(|| Error::bug("a center without a version"))?;
    let many = full_or_small(10_000, 200);
    insert(db, many, |number| version(&newest, number)).await?;
    insert(db, many, driver).await?;
    insert(db, many, job).await?;
    insert(db, many * 10, entry).await?;
    insert(db, many * 10, |number| terminal(&newest.root, number)).await
}

async fn insert<A>(db: &Db, count: usize, row: impl Fn(usize) -> A) -> Result<()>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let txn = db.begin().await?;
    for start in (0..count).step_by(ROWS) {
        let rows = (start..(start + ROWS).min(count)).map(&row);
        A::Entity::insert_many(rows).exec_without_returning(&txn).await.map_err(lost)?;
    }
    commit(txn).await
}

/// Like the newest, so that the disk is that of the last of them. All can be gone back to, and each replaced one package.
fn version(newest: &version::Model, number: usize) -> version::ActiveModel {
    let packages: Vec<Value> = (0..PACKAGES).map(|package| record(package, number)).collect();
    let next = version::Model {
        number: newest.number + 1 + number as i64,
        inverse: Some(blake3::hash(&number.to_le_bytes()).to_hex().to_string()),
        packages: Value::Array(packages).to_string(),
        ..newest.clone()
    };
    next.into_active_model().reset_all()
}

/// A package of a version, as versions keep it.
fn record(package: usize, version: usize) -> Value {
    let round = (version + PACKAGES - package) / PACKAGES;
    json!({
        "driver_id": package + 1,
        "name": format!("driver {package:05}"),
        "directory": format!("/sys/tq/driver-{package:05}"),
        "sha256": blake3::hash(format!("{package} {round}").as_bytes()).to_hex().as_str(),
        "words": {
            "os_type": "4",
            "describe": "for the machines of the third floor",
            "kind": 2,
            "size": 1 << 20,
            "archive_name": format!("driver-{package:05}.tq"),
        },
    })
}

fn driver(number: usize) -> driver_file::ActiveModel {
    let now = db::now();
    driver_file::ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
        deleted: Set(false),
        name: Set(format!("driver {number:05}")),
        os_type: Set("4".into()),
        size: Set(1 << 20),
        describe: Set(Some("for the machines of the third floor".into())),
        file_name: Set(format!("driver-{number:05}")),
        r#type: Set(2),
        ..Default::default()
    }
}

fn job(number: usize) -> job::ActiveModel {
    let now = db::now();
    job::ActiveModel {
        id: Set(format!("00000000-0000-4000-8000-{number:012x}")),
        kind: Set("import".into()),
        state: Set(job::JobState::Succeeded),
        subject: Set(format!("driver-{number:05}.tq")),
        done: Set(1),
        total: Set(1),
        message: Set(None),
        result: Set(None),
        created_by: Set("admin".into()),
        created_at: Set(now),
        updated_at: Set(now),
        finished_at: Set(Some(now)),
    }
}

fn entry(number: usize) -> audit::ActiveModel {
    audit::ActiveModel {
        created_at: Set(db::now()),
        actor: Set(format!("user-{}", number % 50)),
        address: Set(Some("10.0.0.1".into())),
        action: Set("terminal.push".into()),
        subject: Set(format!("{} terminals", number % 100)),
        detail: Set("{}".into()),
        ..Default::default()
    }
}

/// Nine of ten have the newest version, every third is switched off, every hundredth has failed; what is in an order for one
/// column is not for another. They are rows of an earlier release: the server makes the keys of the lists when it starts.
fn terminal(root: &str, number: usize) -> terminal::ActiveModel {
    // A number that looks like chance and is the same each time.
    let chance = blake3::hash(&number.to_le_bytes());
    let (hex, dice) = (chance.to_hex(), chance.as_bytes());
    let is_current = dice[0] % 10 != 0;
    let silence = if dice[1] % 3 == 0 { 600 + i64::from(dice[2]) * 3600 } else { i64::from(dice[2]) % 60 };
    let state = match dice[3] {
        0..=2 => terminal::TerminalState::Error,
        3..=8 => terminal::TerminalState::Downloading,
        9..=11 => terminal::TerminalState::Waiting,
        _ => terminal::TerminalState::Idle,
    };
    let (room, place) = (number % 300, number / 300);
    terminal::ActiveModel {
        id: Set(format!(
            "{}-{}-4{}-8{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..15],
            &hex[15..18],
            &hex[18..30]
        )),
        name: Set(format!("PC-{room}-{place:04}")),
        mac: Set(hex[30..42].to_owned()),
        secret_hash: Set(hex.to_string()),
        enrolled_at: Set(db::now()),
        // While this is measured, nobody reports: those that are heard are so for an hour.
        last_seen_at: Set(Some(
            db::now() + TimeDelta::seconds(3600 - silence - 3600 * i64::from(silence >= 600)),
        )),
        address: Set(Some(format!("10.{}.{}.{}", number >> 16, (number >> 8) & 255, number & 255))),
        version: Set(Some(if is_current { 10_000 } else { 9_990 + i64::from(dice[4] % 10) })),
        root: Set(Some(if is_current { root.to_owned() } else { hex.to_string() })),
        state: Set(state),
        progress_done: Set(0),
        progress_total: Set(0),
        group_name: Set(Some(format!("room-{room:03}"))),
        hg_notices: Set(0),
        is_heard: Set(silence < 600),
        ..Default::default()
    }
}
