//! Rows of earlier releases, from a database or a backup, in the form of this one.

use fault::Result;
use sea_orm::sea_query::{CaseStatement, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{inventory, keys};
use crate::db::entities::terminal::{Column, Entity};
use crate::db::{Db, DbContext, Transaction, commit};

/// Rows in one transaction. No index says which are still to be done, so there are few looks for them.
const ROWS_AT_ONCE: u64 = 5000;
/// Rows of one statement, which compares each with half as many ids.
const ROWS_OF_A_STATEMENT: usize = 100;
/// Inventories in one transaction; each may be long.
const INVENTORIES_AT_ONCE: u64 = 500;

/// What the keys of a terminal are made from: its id, name, MAC address and address.
type Named = (String, String, String, Option<String>);

/// Carries over what is still to be. Of what it does, each transaction stands by itself; the rest is done the next time.
pub(crate) async fn carry_over(db: &Db) -> Result<()> {
    while fill_keys(db).await? {}
    while move_inventories(db).await? {}
    Ok(())
}

async fn fill_keys(db: &Db) -> Result<bool> {
    let query = Entity::find().filter(Column::SearchText.is_null()).select_only();
    let query = query.columns([Column::Id, Column::Name, Column::Mac, Column::Address]).limit(ROWS_AT_ONCE);
    let rows: Vec<Named> =
        query.into_tuple().all(db).await.db_context(|| "look for terminals of an earlier release")?;
    if rows.is_empty() {
        return Ok(false);
    }
    let txn = db.begin().await?;
    for rows in rows.chunks(ROWS_OF_A_STATEMENT) {
        note_keys(&txn, rows).await?;
    }
    commit(txn).await?;
    Ok(true)
}

async fn note_keys(txn: &Transaction, rows: &[Named]) -> Result<()> {
    let (mut names, mut texts) = (CaseStatement::new(), CaseStatement::new());
    for (id, name, mac, address) in rows {
        names = names.case(Column::Id.eq(id), keys::name_key(name));
        texts = texts.case(Column::Id.eq(id), keys::search_text(name, mac, address.as_deref()));
    }
    Entity::update_many()
        .col_expr(Column::NameKey, names.into())
        .col_expr(Column::SearchText, texts.into())
        .filter(Column::Id.is_in(rows.iter().map(|(id, ..)| id)))
        .exec(txn)
        .await
        .db_context(|| "note how terminals are sorted")
        .map(drop)
}

async fn move_inventories(db: &Db) -> Result<bool> {
    let query = Entity::find().filter(Column::Inventory.is_not_null()).select_only();
    let query = query.columns([Column::Id, Column::Inventory]).limit(INVENTORIES_AT_ONCE);
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
