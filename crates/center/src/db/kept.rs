//! What was read of the database and is kept until a transaction may have changed it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use fault::Result;

use super::Db;

/// One thing that was read, and when: [`Db::commits`]. It must follow from what reports of terminals do not change.
#[derive(Debug)]
pub(crate) struct Kept<T>(Mutex<Option<(u64, T)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Kept<T> {
    /// As it was read since the last transaction; if it was not, it is read now.
    pub(crate) async fn get(&self, db: &Db, read: impl Future<Output = Result<T>>) -> Result<T> {
        let now = db.commits();
        if let Some((read_at, value)) = &*self.lock()
            && *read_at >= now
        {
            return Ok(value.clone());
        }
        let value = read.await?;
        let mut kept = self.lock();
        if kept.as_ref().is_none_or(|(read_at, _)| *read_at <= now) {
            *kept = Some((now, value.clone()));
        }
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, Option<(u64, T)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{self, commit};

    #[tokio::test]
    async fn it_is_read_once_after_each_transaction() {
        let db = db::connect("sqlite::memory:").await.unwrap();
        let kept = Kept::default();
        let get = async |value: u8| kept.get(&db, async { Ok(value) }).await.unwrap();
        assert_eq!((get(1).await, get(2).await), (1, 1));
        commit(db.begin().await.unwrap()).await.unwrap();
        assert_eq!((get(3).await, get(4).await), (3, 3));
        // What was begun before a transaction and ends after it does not stay.
        let slow = kept.get(&db, async {
            commit(db.begin().await.unwrap()).await.unwrap();
            Ok(5)
        });
        commit(db.begin().await.unwrap()).await.unwrap();
        assert_eq!(slow.await.unwrap(), 5);
        assert_eq!((get(6).await, get(7).await), (6, 6));
    }
}
