//! Partitions with the real local log, ledger and checkpoints, and no HTTP in front: commands in, outcomes out.

use bytes::Bytes;
use rowlock::config::Config;
use rowlock::service::embedded::{self, Embedded};
use rowlock_engine::actors::{self, Options, Ports, Running};
use rowlock_engine::codec::encode_command;
use rowlock_engine::command::{BestAvailable, Command, CommandBody, Confirm, OpenSale, Reserve, SaleTerms, Wish};
use rowlock_engine::ids::{BookingId, BuyerId, CorrelationId, EventId, OutcomeNumber, PartitionId};
use rowlock_engine::limits::HOLD_MS_MAX;
use rowlock_engine::ports::{AppendError, CommandAppender, Ledger, OutcomeLog, OutcomeReader};
use rowlock_engine::seat_map::spec::{RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use rowlock_persistence::embedded::{AllPartitions, StopHandle};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Partitions, as the service has by default.
pub const PARTITIONS: u16 = 8;
/// Seats of each event, and of each row.
pub const SEATS: u32 = 200_000;
const SEATS_PER_ROW: u32 = 100;

/// Running partitions.
pub struct Pipeline {
    ports: Ports<Embedded>,
    running: Running,
    stop: StopHandle,
}

/// The configuration of everything in `data_dir`.
///
/// # Panics
/// If the directory's name is not UTF-8.
#[must_use]
pub fn config(data_dir: &Path, secret: &str) -> Config {
    let data_dir = data_dir.to_str().expect("temporary directories are UTF-8").to_owned();
    let config = Config::read(&|name| match name {
        "ROWLOCK_DATA_DIR" => Some(data_dir.clone()),
        "ROWLOCK_LISTEN" => Some("127.0.0.1:0".to_owned()),
        "JWT_SECRET" => Some(secret.to_owned()),
        "ROWLOCK_RATE_LIMIT" => Some("0".to_owned()),
        _ => None,
    });
    config.expect("the configuration is valid")
}

impl Pipeline {
    /// Opens the backends in `data_dir` and starts every partition.
    ///
    /// # Panics
    /// If that fails: a benchmark must not go on then.
    pub async fn start(data_dir: &Path) -> Self {
        let config = config(data_dir, "a secret of the benchmark, 32 bytes");
        let ports = embedded::open(&config).await.expect("the backends open");
        let (assignments, stop) = AllPartitions::new(PARTITIONS);
        let running = actors::start(ports.clone(), Options::default(), assignments).await.expect("actors start");
        Self { ports, running, stop }
    }

    /// Appends `commands` as fast as the log takes them, each to its event's partition, and waits for the outcome of
    /// the last; every command must have one outcome.
    ///
    /// # Panics
    /// If the log or a partition fails.
    pub async fn run(&self, commands: Arc<[(PartitionId, Bytes)]>) {
        let mut waiting = tokio::task::JoinSet::new();
        for partition in (0..PARTITIONS).map(PartitionId) {
            let due = commands.iter().filter(|(of, _)| *of == partition).count();
            let reader = self.ports.outcomes.reader(partition, self.last_outcome(partition).await).await;
            let mut reader = reader.expect("the bus has what comes next");
            waiting.spawn(async move {
                let mut seen = 0;
                while seen < due {
                    seen += reader.next().await.expect("outcomes keep coming").len();
                }
            });
        }
        let log = self.ports.log.clone();
        let appending = tokio::task::spawn_blocking(move || {
            for (partition, payload) in commands.iter() {
                while let Err(error) =
                    log.append(*partition, payload.clone(), Box::new(|fate| assert!(fate.is_ok(), "the disk has room")))
                {
                    assert_eq!(error, AppendError::QueueFull, "the log takes records");
                    std::thread::yield_now();
                }
            }
        });
        appending.await.expect("appending does not panic");
        waiting.join_all().await;
    }

    /// The last outcome that a run before this one had: the ledger follows all of them.
    async fn last_outcome(&self, partition: PartitionId) -> OutcomeNumber {
        self.ports.ledger.position(partition).await.expect("the ledger can be read")
    }

    /// Lets go of everything, with a checkpoint at the log's end.
    pub async fn stop(self) {
        self.stop.stop();
        self.running.stopped().await;
        self.ports.log.close();
        self.ports.ledger.close().await;
    }
}

/// The sale of event `id`, in the partition that the service would choose.
#[must_use]
pub fn open_sale(id: u64) -> (PartitionId, Bytes) {
    let rows = RowsSpec {
        first_row: 1,
        count: SEATS / SEATS_PER_ROW,
        seats: SEATS_PER_ROW,
        missing: Vec::new(),
        accessible: Vec::new(),
        companion: Vec::new(),
    };
    let subsections = vec![SubsectionSpec { number: 1, rows: vec![rows] }];
    let section = SectionSpec { name: "A".to_owned(), price: 3000, focal_point: None, subsections };
    let terms = SaleTerms {
        opens_at: None,
        hold_ms: HOLD_MS_MAX,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: false,
        refunds: true,
    };
    let seat_map = Arc::new(SeatMapSpec { sections: vec![section], areas: Vec::new() });
    command(id, CommandBody::OpenSale(OpenSale { seat_map, terms }))
}

/// Booking `number` of event `event`: two of the best seats.
#[must_use]
pub fn reserve(event: u64, number: u64) -> (PartitionId, Bytes) {
    let wish = Wish::Best(BestAvailable { quantity: 2, ..BestAvailable::default() });
    let (booking, buyer) = (booking(event, number), BuyerId(number % 100_000));
    command(event, CommandBody::Reserve(Reserve { booking, buyer, holder: None, hold_ms: None, wish }))
}

/// The confirmation of that booking.
#[must_use]
pub fn confirm(event: u64, number: u64) -> (PartitionId, Bytes) {
    let (booking, buyer) = (booking(event, number), BuyerId(number % 100_000));
    command(event, CommandBody::Confirm(Confirm { booking, buyer, payment: None }))
}

fn booking(event: u64, number: u64) -> BookingId {
    BookingId(Uuid::from_u64_pair(0x0190_0000_0000_7000 | event << 20, number))
}

fn command(event: u64, body: CommandBody) -> (PartitionId, Bytes) {
    let partition = PartitionId(u16::try_from(event % u64::from(PARTITIONS)).expect("a remainder is small"));
    let command = Command { event: EventId(event), request: None, correlation: CorrelationId(0), body };
    (partition, encode_command(&command))
}
