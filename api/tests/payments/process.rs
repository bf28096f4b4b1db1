//! One process on a data directory: real log, actors, boards, ledger and provider's books. It can die.

use crate::scripted::Scripted;
use rowlock::boards::{Boards, follow};
use rowlock::config::Config;
use rowlock::gateway::{Ask, Gateway, Reply, Waiters};
use rowlock::http::time::now;
use rowlock::payments::{self, Payments, Timing};
use rowlock::service::embedded::{self, Embedded};
use rowlock_engine::actors::{self, Options, Ports, Running};
use rowlock_engine::booking::Booking;
use rowlock_engine::command::{Cancel, CommandBody, OpenSale, Reserve, SaleTerms, Wish};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, PartitionId, SeatId};
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::spec::{RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use rowlock_persistence::embedded::{AllPartitions, StopHandle};
use rowlock_persistence::sql::Database;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use uuid::Uuid;

pub const EVENT: EventId = EventId(1);
const PARTITION: PartitionId = PartitionId(0);
const SEATS: u32 = 20;
/// How long anything may take that a test waits for.
const LIMIT: Duration = Duration::from_secs(30);

pub struct Process {
    pub world: Arc<World>,
    runtime: Runtime,
}

/// What runs in a process.
pub struct World {
    pub gateway: Gateway,
    pub boards: Arc<Boards>,
    pub database: Database,
    pub provider: Scripted,
    /// None in a process that only sells seats.
    pub payments: Option<Payments<Scripted>>,
    running: std::sync::Mutex<Option<(Running, StopHandle)>>,
}

impl Process {
    /// Starts on `data_dir`; `verdict` is what the provider has for a verdict.
    pub fn start(data_dir: &Path, verdict: Duration) -> Self {
        Self::start_with(data_dir, verdict, true)
    }

    pub fn start_with(data_dir: &Path, verdict: Duration, with_payments: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let world = Arc::new(runtime.block_on(World::start(data_dir, verdict, with_payments)));
        Self { world, runtime }
    }

    /// Runs `work` in the process.
    pub fn run<T>(&self, work: impl AsyncFnOnce(&Arc<World>) -> T) -> T {
        let world = self.world.clone();
        self.runtime.block_on(async {
            let done = tokio::time::timeout(2 * LIMIT, work(&world)).await;
            done.expect("a test took too long")
        })
    }

    /// Drops everything where it stands.
    pub fn die(self) {
        self.runtime.shutdown_timeout(LIMIT);
        drop(self.world);
    }
}

impl World {
    async fn start(data_dir: &Path, verdict: Duration, with_payments: bool) -> Self {
        let dir = data_dir.to_str().unwrap().to_owned();
        let config = Config::read(&|name| match name {
            "ROWLOCK_DATA_DIR" => Some(dir.clone()),
            "ROWLOCK_PARTITIONS" => Some("1".to_owned()),
            _ => None,
        });
        let config = config.unwrap();
        let ports = embedded::open(&config).await.unwrap();
        let (boards, waiters) = (Arc::new(Boards::new(1)), Arc::<Waiters>::default());
        follow(&ports, PARTITION, boards.clone(), waiters.clone()).await.unwrap();
        let (assignments, stop) = AllPartitions::new(1);
        let running = actors::start(ports.clone(), Options::default(), assignments).await.unwrap();
        let statuses = running.statuses().clone();
        until(async || statuses.serving() == 1).await;
        let wait = Duration::from_secs(2);
        let gateway = Gateway::new(ports.log.clone(), waiters, statuses, 1_024, wait);
        let world = Self::with(&config, &ports, gateway, boards, verdict, with_payments).await;
        *world.running.lock().unwrap() = Some((running, stop));
        if world.boards.event(EVENT).is_none() {
            world.ask(CommandBody::OpenSale(sale())).await.change().unwrap();
        }
        world
    }

    async fn with(
        config: &Config,
        ports: &Ports<Embedded>,
        gateway: Gateway,
        boards: Arc<Boards>,
        verdict: Duration,
        with_payments: bool,
    ) -> Self {
        let (provider, notices) = Scripted::open(&config.payments_file()).await;
        let database = (*ports.ledger).clone();
        let ports = payments::Ports {
            provider: provider.clone(),
            gateway: gateway.clone(),
            boards: boards.clone(),
            database: database.clone(),
            timing: Timing {
                verdict,
                settle_every: Duration::from_millis(50),
                settle_after: Duration::from_millis(300),
            },
            now,
        };
        let payments = with_payments.then(|| Payments::start(ports, notices));
        Self { gateway, boards, database, provider, payments, running: std::sync::Mutex::default() }
    }

    /// Asks the event's seats.
    pub async fn ask(&self, body: CommandBody) -> Reply {
        let ask = Ask { partition: PARTITION, event: EVENT, request: None, body };
        self.gateway.ask(ask).await.unwrap()
    }

    /// Holds two seats, the pair with this number.
    pub async fn reserve(&self, buyer: u64, pair: u32) -> Result<Booking, Refusal> {
        let seats = [SeatId(2 * pair), SeatId(2 * pair + 1)].into_iter().collect();
        let booking = BookingId(Uuid::now_v7());
        let reserve = Reserve { booking, buyer: BuyerId(buyer), holder: None, hold_ms: None, wish: Wish::Named(seats) };
        let reply = self.ask(CommandBody::Reserve(reserve)).await;
        reply.booking().map(|change| change.booking.clone()).map_err(Clone::clone)
    }

    /// Gives a booking's seats back.
    pub async fn cancel(&self, booking: &Booking) -> Result<Booking, Refusal> {
        let reply = self.ask(CommandBody::Cancel(Cancel { booking: booking.id, buyer: booking.buyer })).await;
        reply.booking().map(|change| change.booking.clone()).map_err(Clone::clone)
    }
}

/// Waits for a condition.
pub async fn until(mut condition: impl AsyncFnMut() -> bool) {
    let since = Instant::now();
    while !condition().await {
        assert!(since.elapsed() < LIMIT, "what was waited for has not come within {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn sale() -> OpenSale {
    let rows = RowsSpec {
        first_row: 1,
        count: 1,
        seats: SEATS,
        missing: Vec::new(),
        accessible: Vec::new(),
        companion: Vec::new(),
    };
    let section = SectionSpec {
        name: "A".to_owned(),
        price: 3000,
        focal_point: None,
        subsections: vec![SubsectionSpec { number: 1, rows: vec![rows] }],
    };
    let terms = SaleTerms {
        opens_at: None,
        hold_ms: 600_000,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: false,
        refunds: true,
    };
    OpenSale { seat_map: Arc::new(SeatMapSpec { sections: vec![section], areas: Vec::new() }), terms }
}
