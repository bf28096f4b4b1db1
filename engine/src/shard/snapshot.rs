//! Snapshots: a frozen copy of a shard, cheap to take, encoded event by event; and the way back.

use super::answers::Answers;
use super::bookings::{Bookings, Pages};
use super::deadlines::Due;
use super::ring::Ring;
use super::{Ended, Event, RULES_CURRENT, RULES_OLDEST, Shard, consistency};
use crate::booking::{Booking, Status};
use crate::command::SaleTerms;
use crate::ids::{EventId, Offset, OutcomeNumber, PartitionId, TimeMs};
use crate::limits::{ACCEPTED_ANSWERS_MAX, REFUSED_ANSWERS_MAX};
use crate::ports::{Checkpoint, CheckpointDelta, Chunk, Covers};
use crate::seat_map::spec::SeatMapSpec;
use crate::seat_map::{SeatMap, SeatStates, Seats};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The format of checkpoint chunks that this build writes, and the only one it reads; the first byte of each.
pub const SNAPSHOT_FORMAT: u8 = 2;

/// Why a checkpoint is not a shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Written by a build that this one does not understand.
    #[error(
        "checkpoint format {found} is not known, this build reads format {SNAPSHOT_FORMAT}: run a build that knows it"
    )]
    UnknownFormat {
        /// The format in the chunk.
        found: u8,
    },
    /// The rules in force are none that this build knows.
    #[error("the checkpoint is under rules version {found}, this build knows {RULES_OLDEST} to {RULES_CURRENT}")]
    UnknownRules {
        /// The version in the checkpoint.
        found: u32,
    },
    /// The bytes are no chunk.
    #[error("{part} cannot be read: {problem}")]
    Malformed {
        /// Which chunk.
        part: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The parts do not agree with each other.
    #[error("{part} contradicts itself: {problem}")]
    Inconsistent {
        /// Which chunk.
        part: String,
        /// What does not agree.
        problem: String,
    },
}

/// What errors call the chunk that has no key.
const OWN_PART: &str = "the partition's part";

/// The partition's own part of a checkpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Header {
    partition: PartitionId,
    rules: u32,
    now: TimeMs,
    next_offset: Offset,
    last_outcome: OutcomeNumber,
    hash: u64,
    refused: Ring,
    accepted: Ring,
}

/// One event's part.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct EventImage {
    id: EventId,
    spec: Arc<SeatMapSpec>,
    terms: SaleTerms,
    closed: bool,
    touched: OutcomeNumber,
    states: SeatStates,
    bookings: Pages,
}

/// A shard at one moment. Taking it copies the seats' states and pointers to pages of bookings; a page that the shard writes to
/// afterwards it copies first. Indexes are left out: copying them would hold up the first command after a snapshot.
#[derive(Clone, Debug)]
pub struct Frozen {
    header: Header,
    events: Vec<EventImage>,
}

impl Shard {
    /// The shard as it is now, to be encoded elsewhere while this one goes on.
    #[must_use]
    pub fn freeze(&self) -> Frozen {
        let (refused, accepted) = self.answers.rings();
        let header = Header {
            partition: self.partition,
            rules: self.rules,
            now: self.now,
            next_offset: self.next_offset,
            last_outcome: self.last_outcome,
            hash: self.hash,
            refused,
            accepted,
        };
        Frozen { header, events: self.events.values().map(EventImage::of).collect() }
    }

    /// The shard that a checkpoint holds.
    ///
    /// # Errors
    /// `SnapshotError` when a chunk is missing, unreadable, of an unknown format, or contradicts itself.
    pub fn restore(checkpoint: &Checkpoint) -> Result<Self, SnapshotError> {
        let mut own = checkpoint.chunks.iter().filter(|chunk| chunk.key.is_none());
        let first = own.next().ok_or_else(|| malformed(OWN_PART, "it is missing"))?;
        let header: Header = decode(OWN_PART, &first.bytes)?;
        if !(RULES_OLDEST..=RULES_CURRENT).contains(&header.rules) {
            return Err(SnapshotError::UnknownRules { found: header.rules });
        }
        header.check(&checkpoint.covers, own.count()).map_err(|problem| inconsistent(OWN_PART, problem))?;
        let mut events = BTreeMap::new();
        for (key, chunk) in checkpoint.chunks.iter().filter_map(|chunk| Some((EventId(chunk.key?), chunk))) {
            let event = restore_event(&chunk.bytes)?;
            let wrong = |problem| inconsistent(&format!("event {key}"), problem);
            if event.id != key {
                return Err(wrong(format!("its part is that of event {}", event.id)));
            }
            consistency::check_age(&event, header.last_outcome).map_err(wrong)?;
            if events.insert(key, event).is_some() {
                return Err(wrong("it stands twice".to_owned()));
            }
        }
        Self::assemble(header, events)
    }

    fn assemble(header: Header, events: BTreeMap<EventId, Event>) -> Result<Self, SnapshotError> {
        let (mut due, mut ended) = (Vec::new(), BTreeMap::new());
        for event in events.values() {
            for entry in event.bookings.iter() {
                if entry.status == Status::PendingPayment {
                    due.push(Due { at: entry.deadline, event: event.id, booking: entry.id });
                } else if !entry.status.is_living()
                    && ended.insert(entry.ended, Ended::new(event.id, entry.id, entry.created_at)).is_some()
                {
                    let problem = format!("outcome {} ended two bookings", entry.ended);
                    return Err(inconsistent(&format!("event {}", event.id), problem));
                }
            }
        }
        Ok(Self {
            partition: header.partition,
            rules: header.rules,
            now: header.now,
            next_offset: header.next_offset,
            last_outcome: header.last_outcome,
            hash: header.hash,
            bookings_total: events.values().map(|event| event.bookings.len()).sum(),
            events,
            deadlines: due.into_iter().collect(),
            answers: Answers::restore(header.refused, header.accepted),
            ended,
            scratch: Vec::new(),
        })
    }
}

impl Header {
    fn check(&self, covers: &Covers, others: usize) -> Result<(), String> {
        if others > 0 {
            return Err("it stands twice".to_owned());
        }
        let own = Covers { next_offset: self.next_offset, outcome: self.last_outcome };
        if own != *covers {
            return Err(format!("it covers {own:?}, the checkpoint says {covers:?}"));
        }
        self.refused.check(REFUSED_ANSWERS_MAX)?;
        self.accepted.check(ACCEPTED_ANSWERS_MAX)
    }
}

impl Frozen {
    /// What it covers.
    #[must_use]
    pub fn covers(&self) -> Covers {
        Covers { next_offset: self.header.next_offset, outcome: self.header.last_outcome }
    }

    /// Encodes the partition's part and the events that changed after outcome `since` (all when `None`).
    /// Takes time in proportion to their size: not for the thread that applies.
    #[must_use]
    pub fn delta(&self, since: Option<OutcomeNumber>) -> CheckpointDelta {
        let own = Chunk { key: None, bytes: encode(&self.header).into() };
        let touched = self.events.iter().filter(|event| since.is_none_or(|since| event.touched > since));
        let changed = touched.map(|event| Chunk { key: Some(event.id.0), bytes: encode(event).into() });
        CheckpointDelta {
            covers: self.covers(),
            since,
            events: self.events.iter().map(|event| event.id.0).collect(),
            changed: std::iter::once(own).chain(changed).collect(),
        }
    }
}

impl EventImage {
    fn of(event: &Event) -> Self {
        Self {
            id: event.id,
            spec: Arc::clone(event.map.spec()),
            terms: event.terms.clone(),
            closed: event.closed,
            touched: event.touched,
            states: event.seats.states().clone(),
            bookings: event.bookings.pages().clone(),
        }
    }
}

/// An event as a checkpoint's chunk holds it, for whoever shows it and never changes it: no index is made.
#[derive(Clone, Debug)]
pub struct EventPart {
    /// Its id.
    pub id: EventId,
    /// Its seat map.
    pub map: Arc<SeatMap>,
    /// The terms of its sale.
    pub terms: SaleTerms,
    /// Whether the sale is over.
    pub closed: bool,
    /// The last outcome that changed anything here.
    pub touched: OutcomeNumber,
    /// The state of its seats.
    pub states: SeatStates,
    bookings: Pages,
}

impl EventPart {
    /// Every booking that is remembered, living or ended, in no particular order.
    pub fn bookings(&self) -> impl Iterator<Item = Booking> {
        self.bookings.slots().map(|(_, entry)| entry.view(self.id))
    }
}

/// The event in a checkpoint's chunk, as it can be shown.
///
/// # Errors
/// `SnapshotError` when the bytes are unreadable, of an unknown format, or the seats contradict their map.
pub fn read_event(bytes: &[u8]) -> Result<EventPart, SnapshotError> {
    let image: EventImage = decode("an event's part", bytes)?;
    let part = format!("event {}", image.id);
    let map =
        SeatMap::build(image.spec).map_err(|error| malformed(&part, &format!("{}: {}", error.field, error.problem)))?;
    if !image.states.fits(&map) {
        return Err(inconsistent(&part, "the seats' states do not fit the seat map".to_owned()));
    }
    Ok(EventPart {
        id: image.id,
        map: Arc::new(map),
        terms: image.terms,
        closed: image.closed,
        touched: image.touched,
        states: image.states,
        bookings: image.bookings,
    })
}

/// The event in a checkpoint's chunk, as it can go on.
///
/// # Errors
/// As of [`read_event`], and when the bookings contradict the seats or each other.
pub fn restore_event(bytes: &[u8]) -> Result<Event, SnapshotError> {
    let EventPart { id, map, terms, closed, touched, states, bookings } = read_event(bytes)?;
    let contradiction = |problem: String| inconsistent(&format!("event {id}"), problem);
    let seats = Seats::restore(&map, states);
    let bookings = Bookings::restore(bookings, Event::bookings_expected(&map)).map_err(contradiction)?;
    let mut event = Event { id, map, terms, closed, seats, bookings, tickets_by_buyer: None, touched };
    consistency::check(&event).map_err(contradiction)?;
    event.recount_tickets();
    Ok(event)
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_extend(value, vec![SNAPSHOT_FORMAT]).expect("plain data always encodes")
}

fn decode<T: DeserializeOwned>(part: &str, bytes: &[u8]) -> Result<T, SnapshotError> {
    let (format, body) = bytes.split_first().ok_or_else(|| malformed(part, "it is empty"))?;
    if *format != SNAPSHOT_FORMAT {
        return Err(SnapshotError::UnknownFormat { found: *format });
    }
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(malformed(part, &format!("{} bytes too many", rest.len()))),
        Err(error) => Err(malformed(part, &error.to_string())),
    }
}

fn malformed(part: &str, problem: &str) -> SnapshotError {
    SnapshotError::Malformed { part: part.to_owned(), problem: problem.to_owned() }
}

fn inconsistent(part: &str, problem: String) -> SnapshotError {
    SnapshotError::Inconsistent { part: part.to_owned(), problem }
}
