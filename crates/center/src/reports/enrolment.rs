//! Enrolment, between two batches of reports.
//!
//! Rows are written by the id of a terminal, which stays the same when it enrols again. So no batch may be on its way then,
//! and what memory holds of the terminal was said by who had the secret before.

use fault::{Error, Result};
use protocol::api;

use crate::accounts::{self, Enrolled, NewTerminal, system_random};
use crate::center::Center;
use crate::db::DateTime;

impl Center {
    /// Takes in a terminal that has an enrolment token.
    pub async fn enrol(&self, new: NewTerminal, now: DateTime) -> Result<Enrolled> {
        let center = self.clone();
        // Once the secret has changed, memory has to hear of it, also when whoever asked has gone.
        let taking_in = tokio::spawn(async move { center.take_in(new, now).await });
        taking_in.await.map_err(|error| Error::bug(format!("enrol a terminal: {error}")))?
    }

    async fn take_in(&self, new: NewTerminal, now: DateTime) -> Result<Enrolled> {
        let _turn = self.reports.turn.clone().lock_owned().await;
        let enrolled = accounts::enrol_terminal(&self.db, new, now, &mut system_random()).await?;
        if enrolled.former.is_some() {
            self.reports.roster.replace(&enrolled.id, self.db.commits());
        }
        self.emit(api::Event::Terminal { id: enrolled.id.clone() });
        Ok(enrolled)
    }
}
