//! The table `uploads`.

use center::Target;
use center::db::entities::upload::{ActiveModel, Column, Entity, Model, UploadState};
use center::db::{Db, DbContext as _, now};
use chrono::NaiveDateTime;
use fault::{Error, Result};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect,
};

/// What an upload becomes.
const SYSTEM_DRIVER: &str = "system_driver";
const PRINTER_DRIVER: &str = "printer_driver";

/// Records a new upload.
pub(super) async fn insert(
    db: &Db,
    id: &str,
    file_name: &str,
    length: u64,
    by: &str,
    target: &Target,
) -> Result<Model> {
    let now = now();
    let (name, client) = match target {
        Target::SystemDriver => (SYSTEM_DRIVER, None),
        Target::PrinterDriver(client) => (PRINTER_DRIVER, client.as_ref()),
    };
    let origin = client.map(serde_json::to_string).transpose();
    let row = ActiveModel {
        id: Set(id.to_owned()),
        file_name: Set(file_name.to_owned()),
        length: Set(length as i64),
        received: Set(0),
        created_by: Set(by.to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
        target: Set(name.to_owned()),
        state: Set(UploadState::Receiving),
        job_id: Set(None),
        origin: Set(origin.map_err(|e| Error::bug(format!("encode an origin: {e}")))?),
    };
    row.insert(db).await.db_context(|| "record an upload")
}

/// What an upload is to become.
pub(super) fn target_of(row: &Model) -> Result<Target> {
    if row.target == SYSTEM_DRIVER {
        return Ok(Target::SystemDriver);
    }
    let client = row.origin.as_deref().map(serde_json::from_str).transpose();
    client.map(Target::PrinterDriver).map_err(|e| Error::corrupt(format!("origin of upload {}: {e}", row.id)))
}

/// The upload with this id.
pub(super) async fn find(db: &Db, id: &str) -> Result<Model> {
    let row = Entity::find_by_id(id).one(db).await.db_context(|| "read an upload")?;
    row.ok_or_else(|| Error::not_found(format!("upload {id}")).with_notice("upload.not_found"))
}

/// Uploads of a user that nothing has come of yet: bytes are missing, or they wait for the center.
pub(super) async fn count_open(db: &Db, by: &str) -> Result<u64> {
    Entity::find()
        .filter(Column::CreatedBy.eq(by))
        .filter(Column::State.is_in([UploadState::Receiving, UploadState::Received]))
        .count(db)
        .await
        .db_context(|| "count uploads")
}

/// Uploads that wait for the center, also those whose last byte was recorded just before the server ended.
pub(super) fn waiting() -> Condition {
    let is_whole = Expr::col(Column::Received).eq(Expr::col(Column::Length));
    let was_whole = Column::State.eq(UploadState::Receiving).and(is_whole);
    Condition::any().add(Column::State.eq(UploadState::Received)).add(was_whole)
}

/// Uploads that nobody has touched since `time`, but none that waits: whoever sent it has done all there is to do.
pub(super) fn untouched_since(time: NaiveDateTime) -> Condition {
    Condition::all().add(Column::UpdatedAt.lt(time)).add(waiting().not())
}

/// The ids of the uploads for which `which` holds.
pub(super) async fn ids(db: &Db, which: Condition) -> Result<Vec<String>> {
    let ids = Entity::find().select_only().column(Column::Id).filter(which).into_tuple::<String>();
    ids.all(db).await.db_context(|| "list uploads")
}

/// The upload with this id, where `which` holds for it (still).
pub(super) async fn find_if(db: &Db, id: &str, which: Condition) -> Result<Option<Model>> {
    Entity::find_by_id(id).filter(which).one(db).await.db_context(|| "read an upload")
}

/// Records that the first `received` bytes are durable.
pub(super) async fn record_progress(db: &Db, id: &str, received: u64) -> Result<()> {
    change(db, ActiveModel { received: Set(received as i64), ..of(id) }).await
}

/// Records how far an upload is, and the job that takes it in.
pub(super) async fn record_state(db: &Db, id: &str, state: UploadState, job: Option<String>) -> Result<()> {
    change(db, ActiveModel { state: Set(state), job_id: Set(job), ..of(id) }).await
}

fn of(id: &str) -> ActiveModel {
    ActiveModel { id: Set(id.to_owned()), updated_at: Set(now()), ..Default::default() }
}

async fn change(db: &Db, row: ActiveModel) -> Result<()> {
    row.update(db).await.db_context(|| "record the progress of an upload").map(drop)
}

/// Forgets an upload.
pub(super) async fn delete(db: &Db, id: &str) -> Result<()> {
    Entity::delete_by_id(id).exec(db).await.db_context(|| "forget an upload").map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[tokio::test]
    async fn what_waits_is_found_until_it_is_taken_and_never_abandoned() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("center.db").display());
        let db = center::db::connect(&url).await.unwrap();
        for id in ["part", "whole", "received", "failed"] {
            insert(&db, id, "big.tq", 5, "oskar", &Target::SystemDriver).await.unwrap();
        }
        record_progress(&db, "part", 4).await.unwrap();
        record_progress(&db, "whole", 5).await.unwrap();
        record_progress(&db, "received", 5).await.unwrap();
        record_state(&db, "received", UploadState::Received, None).await.unwrap();
        record_state(&db, "failed", UploadState::Failed, Some("job".into())).await.unwrap();
        assert_eq!(count_open(&db, "oskar").await.unwrap(), 3);

        let sorted = async |which| {
            let mut ids = ids(&db, which).await.unwrap();
            ids.sort();
            ids
        };
        let later = now() + TimeDelta::days(2);
        assert_eq!(sorted(waiting()).await, ["received", "whole"]);
        assert_eq!(sorted(untouched_since(later)).await, ["failed", "part"]);
        assert!(sorted(untouched_since(now() - TimeDelta::days(1))).await.is_empty());
        // Somebody else took it in since it was listed, or removed it.
        record_state(&db, "received", UploadState::Consumed, Some("job".into())).await.unwrap();
        delete(&db, "whole").await.unwrap();
        for id in ["received", "whole"] {
            assert_eq!(find_if(&db, id, waiting()).await.unwrap(), None);
        }
        assert_eq!(sorted(untouched_since(later)).await, ["failed", "part", "received"]);
    }
}
