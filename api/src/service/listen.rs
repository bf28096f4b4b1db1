//! The socket, and what answers on it.

use super::StartError;
use crate::app::App;
use crate::routes;
use axum::serve::ListenerExt;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| StartError::Listen { address, cause: error.to_string() })
}

/// Answers until `stop` is cancelled, then ends once every connection has been answered.
pub(super) async fn serve(listener: TcpListener, app: App, stop: CancellationToken) {
    let service = routes::service(app).into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.tap_io(|connection| {
        // Answers are small and complete: waiting to fill a packet only costs time.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!(%error, "the listener failed");
    }
}
