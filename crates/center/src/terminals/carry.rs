//! Rows of earlier releases, from a database or a backup, in the form of this one.

use fault::Result;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{inventory, keys};
use crate::db::entities::terminal::{Column, Entity};
use crate::db::{Db, DbContext, commit};

/// Rows in one transaction.
const ROWS_AT_ONCE: u64 = 500;

/// Carries over what is still to be. Of what it does, each transaction stands by itself; the rest is done the next time.
pub(crate) async fn carry_over(db: &Db) -> Result<()> {
    while fill_keys(db).await? {}
    while move_inventories(db).await? {}
    Ok(())
}

async fn fill_keys(db: &Db) -> Result<bool> {
    let query = Entity::find().filter(Column::SearchText.is_null()).select_only();
    let query = query.columns([Column::Id, Column::Name, Column::Mac, Column::Address]).limit(ROWS_AT_ONCE);
    let rows: Vec<(String, String, String, Option<String>)> =
        query.into_tuple().all(db).await.db_context(|| "look for terminals of an earlier release")?;
    if rows.is_empty() {
        return Ok(false);
    }
    let txn = db.begin().await?;
    for (id, name, mac, address) in rows {
        let text = keys::search_text(&name, &mac, address.as_deref());
        Entity::update_many()
            .col_expr(Column::NameKey, Expr::value(keys::name_key(&name)))
            .col_expr(Column::SearchText, Expr::value(text))
            .filter(Column::Id.eq(id))
            .exec(&txn)
            .await
            .db_context(|| "note how a terminal is sorted")?;
    }
    commit(txn).await?;
    Ok(true)
}

async fn move_inventories(db: &Db) -> Result<bool> {
    let query = Entity::find().filter(Column::Inventory.is_not_null()).select_only();
    let query = query.columns([Column::Id, Column::Inventory]).limit(ROWS_AT_ONCE);
    let rows: Vec<(String, String)> =
        query.into_tuple().all(db).await.db_context(|| "look for inventories of an earlier release")?;
    if rows.is_empty() {
        return Ok(false);
    }
    let txn = db.begin().await?;
    for (id, text) in rows {
        inventory::keep(&txn, id.clone(), text).await?;
        Entity::update_many()
            .col_expr(Column::Inventory, Expr::value(None::<String>))
            .filter(Column::Id.eq(id))
            .exec(&txn)
            .await
            .db_context(|| "move an inventory")?;
    }
    commit(txn).await?;
    Ok(true)
}
