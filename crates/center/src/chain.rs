//! The way back: the inverse patches that lead from the present content of Base to that of an older version.
//!
//! A version is *kept* while an unbroken run of inverses leads to it; retention takes inverses from the oldest on.

use disk_patch::{LeafTable, ObjectDir, Patch};
use fault::{Error, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

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
    let rows = version::Entity::find().order_by_desc(version::Column::Number).all(db).await;
    let mut rows = rows.db_context(|| "list versions")?;
    rows.truncate(kept_steps(&rows) + 1);
    Ok(rows)
}

/// The oldest version that is kept.
pub(crate) async fn oldest_kept(db: &impl ConnectionTrait) -> Result<i64> {
    Ok(kept(db).await?.last().map_or(0, |row| row.number))
}
