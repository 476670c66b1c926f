//! The table `uploads`.

use center::Target;
use center::db::entities::upload::{ActiveModel, Column, Entity, Model, UploadState};
use center::db::{Db, DbContext as _, now};
use chrono::NaiveDateTime;
use fault::{Error, Result};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

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

/// Unfinished uploads of a user.
pub(super) async fn count_open(db: &Db, by: &str) -> Result<u64> {
    Entity::find()
        .filter(Column::CreatedBy.eq(by))
        .filter(Column::State.eq(UploadState::Receiving))
        .count(db)
        .await
        .db_context(|| "count uploads")
}

/// Uploads that wait for the center, also those whose last byte was recorded just before the server ended.
pub(super) async fn waiting(db: &Db) -> Result<Vec<Model>> {
    let is_whole = Expr::col(Column::Received).eq(Expr::col(Column::Length));
    let was_whole = Column::State.eq(UploadState::Receiving).and(is_whole);
    let waiting = Column::State.eq(UploadState::Received).or(was_whole);
    Entity::find().filter(waiting).all(db).await.db_context(|| "list uploads")
}

/// Uploads that nobody has touched since `time`.
pub(super) async fn untouched_since(db: &Db, time: NaiveDateTime) -> Result<Vec<Model>> {
    Entity::find().filter(Column::UpdatedAt.lt(time)).all(db).await.db_context(|| "list uploads")
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
