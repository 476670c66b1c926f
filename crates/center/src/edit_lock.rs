//! Whose the open edit is: one administrator edits at a time.
//!
//! The lock is part of the row of the open edit. So it begins with the first change, or when somebody enters the editing
//! state; it ends with the edit, and it survives the end of the server without locking anybody out: whoever has done
//! nothing for [`Config::edit_idle_minutes`](crate::Config) has it no more, and an administrator may take it over at any
//! time. A printer driver that a terminal brings goes into whatever edit is open, and holds nothing.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `edit.held` | `holder`, `ago_minutes`, `idle` | somebody else is editing; did so this long ago; is out after `idle` minutes |
//! | `edit.not_held` | – | nobody else is editing, so there is nothing to take over |

use chrono::Duration;
use fault::{Error, Result};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};

use crate::center::Center;
use crate::db::entities::edit_session::{ActiveModel, Model, ONLY};
use crate::db::{DateTime, DbContext, commit};
use crate::edit::{not_editing, open_session, session};
use crate::host::Actor;

/// For how long the holder has been doing nothing, while it still holds.
struct Held<'a> {
    by: &'a str,
    minutes: i64,
}

fn held(row: &Model, now: DateTime, idle: Duration) -> Option<Held<'_>> {
    // A clock that was set back must not keep anybody out for longer.
    let since = (now - row.held_at?).abs();
    (since < idle).then_some(Held { by: row.held_by.as_deref()?, minutes: since.num_minutes() })
}

impl Center {
    fn idle(&self) -> Duration {
        Duration::minutes(i64::from(self.config.edit_idle_minutes))
    }

    /// Who holds the open edit, and until when without doing anything.
    pub(crate) fn holder(&self, row: &Model) -> Option<(String, DateTime)> {
        let by = held(row, self.host.now(), self.idle())?.by;
        Some((by.to_owned(), row.held_at? + self.idle()))
    }

    /// Fails while somebody else edits.
    pub(crate) async fn require_own_edit(&self, db: &impl ConnectionTrait, actor: &Actor) -> Result<()> {
        session(db).await?.map_or(Ok(()), |row| self.require_own(&row, actor))
    }

    /// Fails where `row` is somebody else's.
    pub(crate) fn require_own(&self, row: &Model, actor: &Actor) -> Result<()> {
        match held(row, self.host.now(), self.idle()).filter(|held| held.by != actor.name) {
            None => Ok(()),
            Some(held) => Err(Error::conflict(format!("{} is editing", held.by))
                .with_notice("edit.held")
                .with_value("holder", held.by)
                .with_value("ago_minutes", held.minutes)
                .with_value("idle", self.config.edit_idle_minutes)),
        }
    }

    /// Makes the edit `actor`'s, and opens one where none is. `db` is the transaction of what the actor does.
    pub(crate) async fn claim_edit(
        &self,
        db: &impl ConnectionTrait,
        now: DateTime,
        actor: &Actor,
    ) -> Result<()> {
        match session(db).await? {
            None => open_session(db, now, actor, true).await,
            Some(row) => {
                self.require_own(&row, actor)?;
                hold(db, now, actor).await
            }
        }
    }

    /// Whether there is an edit of somebody else that could be taken over.
    pub(crate) fn check_take_over(&self, row: Option<&Model>, actor: &Actor) -> Result<()> {
        let row = row.ok_or_else(not_editing)?;
        match self.require_own(row, actor) {
            Err(_) => Ok(()),
            Ok(()) => Err(Error::conflict("nobody else is editing").with_notice("edit.not_held")),
        }
    }

    /// Takes the open edit over with all that was changed in it; answers whose it was.
    pub async fn take_edit_over(&self, actor: &Actor) -> Result<String> {
        let txn = self.db.begin().await?;
        let row = session(&txn).await?;
        self.check_take_over(row.as_ref(), actor)?;
        hold(&txn, self.host.now(), actor).await?;
        commit(txn).await?;
        let before = row.and_then(|row| row.held_by).unwrap_or_default();
        tracing::info!(target: "voi_drive_file_manage", by = %actor.name, from = %before, "edit taken over");
        self.emit(protocol::api::Event::Status);
        Ok(before)
    }
}

async fn hold(db: &impl ConnectionTrait, now: DateTime, actor: &Actor) -> Result<()> {
    let row = ActiveModel {
        id: Set(ONLY),
        held_by: Set(Some(actor.name.clone())),
        held_at: Set(Some(now)),
        ..Default::default()
    };
    row.update(db).await.db_context(|| "hold the edit")?;
    Ok(())
}
