//! Which terminals are heard, and which have fallen silent.
//!
//! `is_heard` follows from `last_seen_at`, but lists need it in each of their indexes, and the time changes with each report.
//! So it is put right every few seconds, where it is not: two short walks through the index of times.

use std::sync::Weak;
use std::time::Duration;

use fault::Result;
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::filter::with_disk;
use super::standing::heard_since;
use crate::center::{Center, Inner};
use crate::db::entities::terminal::{Column, Entity};
use crate::db::{DbContext, commit_reports};

/// How often it is put right.
const PAUSE: Duration = Duration::from_secs(2);

impl Center {
    /// Notes which terminals have fallen silent, and which are heard again; answers how many.
    pub async fn note_silence(&self) -> Result<u64> {
        let since = heard_since(self);
        let silent = Column::IsHeard.eq(true).and(Column::LastSeenAt.lt(since));
        let heard = Column::IsHeard.eq(false).and(Column::LastSeenAt.gte(since));
        Ok(self.note(silent, false).await? + self.note(heard, true).await?)
    }

    async fn note(&self, which: SimpleExpr, is_heard: bool) -> Result<u64> {
        // Nothing is written, and nobody waits, while nothing changes.
        let one = Entity::find().filter(with_disk()).filter(which.clone()).select_only().column(Column::Id);
        let one: Option<String> =
            one.into_tuple().one(&self.db).await.db_context(|| "look for silent terminals")?;
        let Some(id) = one else { return Ok(0) };
        let txn = self.db.begin().await?;
        let noted = Entity::update_many()
            .col_expr(Column::IsHeard, Expr::value(is_heard))
            .filter(with_disk())
            .filter(which)
            .exec(&txn)
            .await
            .db_context(|| "note which terminals are silent")?;
        // Nothing that a terminal is told depends on it.
        commit_reports(txn).await?;
        self.tell_of_terminals(Some(id));
        Ok(noted.rows_affected)
    }

    /// Does so again and again, until nobody has this center any more.
    pub(crate) fn keep_noting_silence(&self) {
        let inner: Weak<Inner> = self.downgrade();
        tokio::spawn(async move {
            let mut clock = tokio::time::interval(PAUSE);
            clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                clock.tick().await;
                let Some(center) = Center::upgrade(&inner) else { return };
                if let Err(error) = center.note_silence().await {
                    tracing::warn!(target: "voi_drive_img_manage", %error, "silent terminals were not noted");
                }
            }
        });
    }
}
