//! `/api/v1/jobs`: what takes a while.

use crate::http::answer::{Answer, done, plain};
use crate::http::audit;
use crate::http::caller::{By, Caller};
use crate::http::extract::{Page, Path, Query, Spoken};
use crate::messages::text_of;
use axum::extract::State;
use center::Center;
use center::accounts::Principal;
use fault::Error;
use protocol::api::Job;
use protocol::thor::DoneAnswer;

/// The newest jobs.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", operation_id = "list_jobs", params(Page),
    responses((status = 200, body = Vec<Job>)))]
pub(crate) async fn list(
    State(center): State<Center>,
    Spoken(language): Spoken,
    Query(page): Query<Page>,
) -> Answer<Vec<Job>> {
    plain(center.jobs(page.checked()?.limit, &|error| text_of(error, language)).await?)
}

/// One job; a terminal sees its own only.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", operation_id = "get_job",
    params(("id" = String, Path)), responses((status = 200, body = Job)))]
pub(crate) async fn show(
    State(center): State<Center>,
    caller: Caller,
    Spoken(language): Spoken,
    Path(id): Path<String>,
) -> Answer<Job> {
    let job = center.job(&id, &|error| text_of(error, language)).await?;
    match &caller.principal {
        Principal::Terminal { id: terminal } if job.created_by != *terminal => {
            Err(Error::not_found(format!("job {id}")).with_notice("job.not_found").into())
        }
        _ => plain(job),
    }
}

/// Asks a running job to stop; it then undoes what it has begun.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "jobs", operation_id = "cancel_job",
    params(("id" = String, Path)), responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn cancel(
    State(center): State<Center>,
    By(actor): By,
    Path(id): Path<String>,
) -> Answer<DoneAnswer> {
    center.cancel_job(&id).await?;
    audit::record(&center, &actor, "job.cancel", &id, &()).await;
    done()
}
