//! Terminals of a site, more than anybody would enrol by hand.

use center::accounts::{self, NewEnrolmentToken, NewTerminal};
use center::db;
use center::db::entities::terminal;
use fault::{Error, Result};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};

use crate::served::{Site, lost};

/// Terminals that are written by one statement.
const ROWS: usize = 200;

/// Enrols one terminal, and others after its likeness; answers their secrets.
pub(super) async fn enrol(site: &Site, count: usize) -> Result<Vec<String>> {
    let db = site.database().await?;
    let (now, mut random) = (db::now(), accounts::system_random());
    let lifetime = chrono::TimeDelta::hours(1);
    let new = NewEnrolmentToken { name: "bench", uses: 1, lifetime, created_by: "admin" };
    let (_, token) = accounts::create_enrolment_token(&db, new, now, &mut random).await?;
    let first = accounts::enrol_terminal(&db, NewTerminal::new(&token, "t", ""), now, &mut random).await?;
    let row = terminal::Entity::find_by_id(&first.id).one(&db).await.map_err(lost)?;
    let row = row.ok_or_else(|| Error::bug("a terminal that was enrolled is missing"))?;
    let secret = |number: usize| format!("{}{number:x}", first.secret.expose());
    let secrets: Vec<String> = (0..count).map(secret).collect();
    let txn = db.begin().await?;
    for (chunk, secrets) in secrets.chunks(ROWS).enumerate() {
        let rows = secrets.iter().enumerate().map(|(at, secret)| {
            let number = chunk * ROWS + at;
            let mut like = row.clone().into_active_model().reset_all();
            like.id = Set(format!("00000000-0000-4000-8000-{number:012x}"));
            like.name = Set(format!("PC-{number:06}"));
            like.mac = Set(format!("02{number:010x}"));
            like.secret_hash = Set(blake3::hash(secret.as_bytes()).to_hex().to_string());
            like
        });
        terminal::Entity::insert_many(rows).exec(&txn).await.map_err(lost)?;
    }
    db::commit(txn).await?;
    Ok(secrets)
}

/// All were heard, and that is durable.
pub(super) async fn require_heard(site: &Site, count: usize) -> Result<()> {
    let rows = terminal::Entity::find().all(&site.database().await?).await.map_err(lost)?;
    let heard = rows.iter().filter(|row| row.last_seen_at.is_some()).count();
    match heard == count {
        true => Ok(()),
        false => Err(Error::bug(format!("{heard} of {count} terminals were heard"))),
    }
}
