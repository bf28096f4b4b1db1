//! What is counted, for Prometheus.

use axum::http::{Method, StatusCode};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

const REQUEST_SECONDS: &str = "rowlock_http_request_seconds";
/// Upper bounds of the histogram's buckets, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// How often what was counted is folded together.
const FOLDED_EVERY: Duration = Duration::from_secs(5);

/// One recorder a process: metrics are global.
static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
/// Services of one process may start at the same time; a second recorder cannot be installed.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Installs the recorder, once.
///
/// # Errors
/// When something else has installed one.
pub fn install() -> Result<(), BuildError> {
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if HANDLE.get().is_none() {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), &SECONDS)?;
        let recorder = builder.install_recorder()?;
        HANDLE.get_or_init(|| recorder);
    }
    Ok(())
}

/// Folds measured times into their buckets again and again: while nobody scrapes they would pile up.
pub async fn fold() {
    let mut beat = tokio::time::interval(FOLDED_EVERY);
    loop {
        beat.tick().await;
        if let Some(handle) = HANDLE.get() {
            handle.run_upkeep();
        }
    }
}

/// Counts an answered request.
pub fn request(method: &Method, route: &str, status: StatusCode, took: Duration) {
    let labels =
        [("method", method.as_str().to_owned()), ("route", route.to_owned()), ("status", status.as_str().to_owned())];
    metrics::histogram!(REQUEST_SECONDS, &labels).record(took.as_secs_f64());
}

/// A number that is looked up whenever somebody asks.
pub fn gauge(name: &'static str, value: f64) {
    metrics::gauge!(name).set(value);
}

/// All of it, as Prometheus reads it.
pub fn render() -> String {
    HANDLE.get().map(PrometheusHandle::render).unwrap_or_default()
}
