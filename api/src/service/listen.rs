//! The socket: how many may be connected, how long they may take, and how connections end.

use super::StartError;
use crate::app::App;
use crate::http::edge;
use crate::routes::Routes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Open connections; whoever comes then waits in the system's queue.
const CONNECTIONS_MAX: usize = 16_384;
/// How long the headers of a request may take, and how long a connection may be idle.
const HEADERS_LIMIT: Duration = Duration::from_secs(30);
/// Pause after a connection could not be accepted: that passes when others end, and not at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| StartError::Listen { address, cause: error.to_string() })
}

/// Answers until `stop` is cancelled, then ends once every connection has been answered.
pub(super) async fn serve(listener: TcpListener, app: App, stop: CancellationToken) {
    let routes = Routes::new(app.clone());
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let connections = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS_LIMIT);
    while let Some(accepted) = stop.run_until_cancelled(accept(&listener, &permits)).await {
        let Accepted { stream, peer, permit } = accepted;
        let (app, routes) = (app.clone(), routes.clone());
        let answer = service_fn(move |request| {
            let (app, routes) = (app.clone(), routes.clone());
            async move { Ok::<_, Infallible>(edge(&app, &routes, peer, request).await) }
        });
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection broke");
            }
            drop(permit);
        });
    }
    drop(listener);
    connections.shutdown().await;
}

struct Accepted {
    stream: TcpStream,
    peer: SocketAddr,
    permit: OwnedSemaphorePermit,
}

async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> Accepted {
    let permit = permits.clone().acquire_owned().await.expect("nobody closes the semaphore");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are small and complete: waiting to fill a packet only costs time.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY could not be set");
                }
                return Accepted { stream, peer, permit };
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
