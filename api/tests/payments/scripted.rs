//! The simulated provider, with its answers held back at will: between any two of its steps a process can die.

use rowlock::http::time::now;
use rowlock::payments::provider::{Notice, Order, PaymentMethod, PaymentProvider, ProviderError};
use rowlock::payments::{Notices, Simulated};
use rowlock_engine::ids::{PaymentId, TimeMs};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{mpsc, watch};

/// A gate that calls wait at while it is closed.
#[derive(Clone)]
pub struct Gate {
    open: Arc<watch::Sender<bool>>,
    reached: Arc<AtomicUsize>,
}

impl Gate {
    fn new() -> Self {
        Self { open: Arc::new(watch::Sender::new(true)), reached: Arc::default() }
    }

    pub fn close(&self) {
        self.open.send_replace(false);
    }

    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// How many calls have come here.
    pub fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    async fn pass(&self) {
        self.reached.fetch_add(1, Ordering::SeqCst);
        self.open.subscribe().wait_for(|open| *open).await.unwrap();
    }
}

/// The simulated provider behind gates.
#[derive(Clone)]
pub struct Scripted {
    pub inner: Simulated,
    /// Orders, before the provider has them.
    pub orders: Gate,
    /// Verdicts that are decided and not yet told.
    pub notices: Gate,
    /// Calls that take money, before they do.
    pub captures: Gate,
    /// Calls that let money go or give it back, before they do.
    pub returns: Gate,
}

impl Scripted {
    pub async fn open(path: &Path) -> (Self, Notices) {
        let (inner, mut decided) = Simulated::open(path, now).await.unwrap();
        let scripted =
            Self { inner, orders: Gate::new(), notices: Gate::new(), captures: Gate::new(), returns: Gate::new() };
        let (sender, told) = mpsc::channel::<Notice>(64);
        let gate = scripted.notices.clone();
        tokio::spawn(async move {
            while let Some(notice) = decided.recv().await {
                let (gate, sender) = (gate.clone(), sender.clone());
                tokio::spawn(async move {
                    gate.pass().await;
                    let _ = sender.send(notice).await;
                });
            }
        });
        (scripted, told)
    }
}

impl PaymentProvider for Scripted {
    async fn authorize(&self, order: &Order, method: PaymentMethod, deadline: TimeMs) -> Result<(), ProviderError> {
        self.orders.pass().await;
        self.inner.authorize(order, method, deadline).await
    }

    async fn capture(&self, payment: PaymentId) -> Result<(), ProviderError> {
        self.captures.pass().await;
        self.inner.capture(payment).await
    }

    async fn void(&self, payment: PaymentId) -> Result<(), ProviderError> {
        self.returns.pass().await;
        self.inner.void(payment).await
    }

    async fn refund(&self, payment: PaymentId) -> Result<(), ProviderError> {
        self.returns.pass().await;
        self.inner.refund(payment).await
    }

    async fn open(&self, before: TimeMs, limit: u32) -> Result<Vec<(Order, TimeMs)>, ProviderError> {
        self.inner.open(before, limit).await
    }
}
