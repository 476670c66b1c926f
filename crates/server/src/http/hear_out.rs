//! Refused uploads are heard out.
//!
//! A connection with bytes that nobody took is reset, and a client that is still sending then never reads why it was
//! refused. So what a handler leaves of a body is taken and thrown away behind the answer, for a while.

use crate::limits::{HEAR_OUT, HEAR_OUT_STALL};
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::header::EXPECT;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::time::{Instant, timeout, timeout_at};

/// Layer: passes the body on, and takes the rest of it when the handler has ended.
pub(super) async fn hear_out(request: Request, next: Next) -> Response {
    let waits_for_word = request.headers().contains_key(EXPECT);
    let (parts, body) = request.into_parts();
    let lent = Arc::new(Mutex::new(Lent { body: body.into_data_stream(), was_read: false, is_over: false }));
    let body = Body::from_stream(Half(lent.clone()));
    let response = next.run(Request::from_parts(parts, body)).await;
    // Nobody else holds it when the handler is done with it.
    let rest = Arc::into_inner(lent).map(|lent| lent.into_inner().unwrap_or_else(PoisonError::into_inner));
    // A client that waits to be told to send has not begun.
    if let Some(rest) = rest.filter(|rest| !rest.is_over && (rest.was_read || !waits_for_word)) {
        tokio::spawn(throw_away(rest.body));
    }
    response
}

async fn throw_away(mut body: BodyDataStream) {
    let end = Instant::now() + HEAR_OUT;
    let all = async { while let Ok(Some(Ok(_))) = timeout(HEAR_OUT_STALL, body.next()).await {} };
    // Whoever sends for longer is cut off.
    let _cut_off = timeout_at(end, all).await;
}

struct Lent {
    body: BodyDataStream,
    was_read: bool,
    is_over: bool,
}

/// The body as the handler reads it.
struct Half(Arc<Mutex<Lent>>);

impl Stream for Half {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut lent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lent.was_read = true;
        let next = Pin::new(&mut lent.body).poll_next(context);
        lent.is_over = matches!(next, Poll::Ready(None | Some(Err(_))));
        next
    }
}
