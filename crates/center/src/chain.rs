//! The way back: the inverse patches that lead from the present content of Base to that of an older version.
//!
//! A version is *kept* while an unbroken run of inverses leads to it; retention takes inverses from the oldest on.

use disk_patch::{LeafTable, ObjectDir, Patch};
use fault::{Error, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::config::DataDir;
use crate::db::DbContext;
use crate::db::entities::version;
use crate::publish;
use crate::versions;

/// From the newest version back to an older one.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// Newest first; the last one is the version that it leads to.
    rows: Vec<version::Model>,
}

impl Chain {
    /// The way back to a version; fails when that is not kept.
    pub(crate) async fn to(db: &impl ConnectionTrait, number: i64) -> Result<Self> {
        let rows = version::Entity::find()
            .filter(version::Column::Number.gte(number))
            .order_by_desc(version::Column::Number)
            .all(db)
            .await
            .db_context(|| "list versions")?;
        if rows.last().is_none_or(|row| row.number != number) {
            return Err(versions::not_found(number));
        }
        match kept_steps(&rows) >= rows.len() - 1 {
            true => Ok(Self { rows }),
            false => Err(Error::conflict(format!("version {number} is not kept any more"))
                .with_notice("version.not_kept")
                .with_value("version", number)
                .with_value("oldest", oldest_kept(db).await?)),
        }
    }

    /// The version that it leads to.
    pub(crate) fn end(&self) -> &version::Model {
        &self.rows[self.rows.len() - 1]
    }

    /// The newest version.
    pub(crate) fn newest(&self) -> &version::Model {
        &self.rows[0]
    }

    /// The versions to be taken back, newest first.
    pub(crate) fn steps(&self) -> &[version::Model] {
        &self.rows[..self.rows.len() - 1]
    }

    /// Whether Base, whose leaf table is given, is the newest version; in a save it is for a moment one that is not
    /// recorded yet.
    pub(crate) fn begins_at(&self, leaves: &LeafTable) -> bool {
        leaves.root().to_string() == self.newest().root
    }

    /// The inverses, in the order in which they are taken.
    pub(crate) fn patches(&self, directory: &DataDir) -> Result<Vec<Patch>> {
        let objects = ObjectDir::open(directory.objects())?;
        let digests = self.steps().iter().filter_map(|row| row.inverse.as_deref());
        digests.map(|digest| publish::read_patch(&objects, digest)).collect()
    }
}

/// How many of the newest versions, which come first, can be taken back one after the other.
fn kept_steps(rows: &[version::Model]) -> usize {
    rows.iter().take_while(|row| row.inverse.is_some()).count()
}

/// The versions that are kept, newest first.
pub(crate) async fn kept(db: &impl ConnectionTrait) -> Result<Vec<version::Model>> {
    version::Entity::find()
        .filter(version::Column::Number.gte(oldest_kept(db).await?))
        .order_by_desc(version::Column::Number)
        .all(db)
        .await
        .db_context(|| "list versions")
}

/// The oldest version that is kept.
pub(crate) async fn oldest_kept(db: &impl ConnectionTrait) -> Result<i64> {
    match one_number(db, newest_end()).await? {
        Some(end) => Ok(end),
        None => {
            let first = version::Entity::find().select_only().expr(version::Column::Number.min());
            Ok(one_number(db, first).await?.unwrap_or(0))
        }
    }
}

/// The newest version that cannot be taken back; an index has it at hand.
fn newest_end() -> Select<version::Entity> {
    let ends = version::Entity::find().filter(version::Column::Inverse.is_null());
    ends.select_only().expr(version::Column::Number.max())
}

async fn one_number(db: &impl ConnectionTrait, query: Select<version::Entity>) -> Result<Option<i64>> {
    let row: Option<Option<i64>> = query.into_tuple().one(db).await.db_context(|| "look for versions")?;
    Ok(row.flatten())
}

#[cfg(test)]
mod tests {
    use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbBackend, QueryTrait};

    use super::*;
    use crate::db::{self, Db};

    async fn record(db: &Db, number: i64, can_be_taken_back: bool) {
        let row = version::ActiveModel {
            number: Set(number),
            inverse: Set(can_be_taken_back.then(|| "0".repeat(64))),
            ..versions::initial_row(db::now(), "0".repeat(64), 0)
        };
        row.insert(db).await.unwrap();
    }

    async fn numbers(db: &Db) -> (i64, Vec<i64>) {
        let rows = kept(db).await.unwrap();
        (oldest_kept(db).await.unwrap(), rows.iter().map(|row| row.number).collect())
    }

    #[tokio::test]
    async fn an_unbroken_run_of_inverses_keeps_versions() {
        let db = db::connect("sqlite::memory:").await.unwrap();
        assert_eq!(numbers(&db).await, (0, vec![]));
        record(&db, 3, true).await;
        assert_eq!(numbers(&db).await, (3, vec![3]));
        for (number, can_be_taken_back) in [(0, false), (1, true), (2, false), (4, true)] {
            record(&db, number, can_be_taken_back).await;
        }
        assert_eq!(numbers(&db).await, (2, vec![4, 3, 2]));
        record(&db, 5, false).await;
        assert_eq!(numbers(&db).await, (5, vec![5]));
    }

    #[tokio::test]
    async fn the_oldest_that_is_kept_is_looked_up_and_not_walked_to() {
        let db = db::connect("sqlite::memory:").await.unwrap();
        let mut statement = newest_end().build(DbBackend::Sqlite);
        statement.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
        let rows = db.query_all_raw(statement).await.unwrap();
        let plan: String =
            rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap() + "; ").collect();
        assert!(plan.contains("SEARCH versions USING COVERING INDEX versions_inverse_number"), "{plan}");
    }
}
