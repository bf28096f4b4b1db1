//! What is counted, for Prometheus.

use axum::http::{Method, StatusCode};
use dashmap::DashMap;
use foldhash::fast::RandomState;
use metrics::Histogram;
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

/// How long requests took, by route, method and status. As many as the routes' answers are of different kinds.
///
/// The recorder's handles are kept: asking for one allocates every label.
#[derive(Default)]
pub struct RequestTimes {
    by_route: DashMap<Box<str>, Vec<Answers>, RandomState>,
}

/// Answers of one method and status.
struct Answers {
    method: &'static str,
    status: StatusCode,
    seconds: Histogram,
}

impl RequestTimes {
    /// Counts an answered request.
    pub fn count(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let method = name_of(method);
        let is_it = |answers: &&Answers| answers.method == method && answers.status == status;
        if let Some(answers) = self.by_route.get(route)
            && let Some(known) = answers.iter().find(is_it)
        {
            return known.seconds.record(took.as_secs_f64());
        }
        let new = Answers::new(method, route, status);
        new.seconds.record(took.as_secs_f64());
        let mut answers = self.by_route.entry(route.into()).or_default();
        if answers.iter().find(is_it).is_none() {
            answers.push(new);
        }
    }
}

impl Answers {
    fn new(method: &'static str, route: &str, status: StatusCode) -> Self {
        let labels =
            [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.as_str().to_owned())];
        let seconds = metrics::histogram!(REQUEST_SECONDS, &labels);
        Self { method, status, seconds }
    }
}

/// Methods are anybody's invention; those that no route has are counted as one.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// A number that is looked up whenever somebody asks.
pub fn gauge(name: &'static str, value: f64) {
    metrics::gauge!(name).set(value);
}

/// All of it, as Prometheus reads it.
pub fn render() -> String {
    HANDLE.get().map(PrometheusHandle::render).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::RequestTimes;
    use axum::http::{Method, StatusCode};
    use std::time::Duration;

    #[test]
    fn made_up_methods_make_no_series_of_their_own() {
        let times = RequestTimes::default();
        for method in ["GET", "POST", "BREW", "PROPFIND", "BREW"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            times.count(&method, "/api/event", StatusCode::METHOD_NOT_ALLOWED, Duration::ZERO);
        }
        assert_eq!(times.by_route.get("/api/event").unwrap().len(), 3);
    }
}
