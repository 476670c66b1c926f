//! Accepts connections, with or without TLS, bounds them, and lets them end when the server stops.

use super::app::stopped;
use super::places::Places;
use super::tls::Handshakes;
use crate::limits::{CONNECTION_BUFFER_BYTES, HEADER_TIMEOUT, SHUTDOWN_PATIENCE};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, watch};

/// Pause after the system refused a connection (too many open files, usually).
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves `router` until `stop` becomes true, then waits for the open requests.
pub(crate) async fn serve(
    listener: TcpListener,
    handshakes: Option<Handshakes>,
    router: Router,
    places: Places,
    mut stop: watch::Receiver<bool>,
) {
    let open = GracefulShutdown::new();
    loop {
        let Some(place) = places.connection().await else { break };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // Small answers must not wait for an acknowledgement; where it cannot be set nothing breaks.
                    let _slower = stream.set_nodelay(true);
                    let connection = Connection { peer, router: router.clone(), watcher: open.watcher(), _place: place };
                    tokio::spawn(connection.begin(stream, handshakes.clone()));
                }
                Err(error) => {
                    tracing::warn!(target: "http", %error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            () = stopped(&mut stop) => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(SHUTDOWN_PATIENCE, open.shutdown()).await.is_err() {
        tracing::warn!(target: "http", "requests were cut off by the end of the server");
    }
}

/// A connection that was accepted.
struct Connection {
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    async fn begin(self, stream: TcpStream, handshakes: Option<Handshakes>) {
        let Some(handshakes) = handshakes else { return self.answer(stream).await };
        match handshakes.accept(stream).await {
            Ok(stream) => self.answer(stream).await,
            Err(error) => tracing::debug!(target: "http", peer = %self.peer, %error, "no TLS"),
        }
    }

    async fn answer(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { peer, router, watcher, _place } = self;
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            tower_service::Service::call(&mut router.clone(), request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_buf_size(CONNECTION_BUFFER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(target: "http", %peer, %error, "connection broke off");
        }
    }
}
