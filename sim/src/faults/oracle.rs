//! What is true of one partition: the outcomes of its durable records, judged once by the model, and never otherwise again.

use super::model::Model;
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::Record;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which promise, in a few words.
    pub promise: &'static str,
    /// What was seen.
    pub what: String,
}

impl Violation {
    pub fn new(promise: &'static str, what: impl Into<String>) -> Self {
        Self { promise, what: what.into() }
    }
}

/// What must be, in the words that violations are reported with.
pub const SEATS: &str = "promise 1: every command gets what the documentation says, and no seat two holders";
pub const DURABLE: &str = "promise 2: no answer before what it depends on is durable";
pub const SAME: &str = "promise 3: the same log gives the same outcomes";
pub const NUMBERS: &str = "promise 4: outcomes are numbered 1, 2, 3, …";
pub const CHECKPOINTS: &str = "promise 5: a checkpoint never goes back, and equals a replay";
pub const LEDGER: &str = "promise 6: a confirmed booking reaches the ledger exactly once";
pub const TOLD: &str = "promises 1 and 6: what clients were told is true together, and stays so";
pub const LIVE: &str = "liveness: whatever was broken, it goes on";

/// One partition's truth.
#[derive(Debug, Default)]
pub struct Oracle {
    pub model: Model,
    records: Vec<Record>,
    /// By offset, where its outcomes end.
    ends: Vec<usize>,
    outcomes: Vec<Outcome>,
}

impl Oracle {
    /// Records that were judged.
    pub fn judged(&self) -> usize {
        self.records.len()
    }

    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The true outcome of that number, if it is known.
    pub fn outcome(&self, number: u64) -> Option<&Outcome> {
        self.outcomes.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// What became of records in some owner's hands; `durable` is what the log has.
    ///
    /// # Errors
    /// When it is not what became of them elsewhere, or not what must become of them.
    pub fn derived(&mut self, durable: &[Record], records: &[Record], outcomes: &[Outcome]) -> Result<(), Violation> {
        let mut rest = outcomes;
        for record in records {
            let own = rest.iter().take_while(|outcome| outcome.offset == record.offset).count();
            let (of_record, after) = rest.split_at(own);
            rest = after;
            let at = usize::try_from(record.offset.0).expect("logs are short");
            if at < self.records.len() {
                self.again(at, durable, of_record)?;
            } else if at == self.records.len() && durable.get(at) == Some(record) {
                self.first_time(record, of_record)?;
            }
        }
        match rest.first() {
            Some(outcome) => Err(Violation::new(SAME, format!("an outcome of no record: {outcome:?}"))),
            None => Ok(()),
        }
    }

    fn again(&self, at: usize, durable: &[Record], outcomes: &[Outcome]) -> Result<(), Violation> {
        if durable.get(at) != Some(&self.records[at]) {
            let what = format!("record {at} was durable, and is not what it was: {:?}", durable.get(at));
            return Err(Violation::new(DURABLE, what));
        }
        let first = if at == 0 { 0 } else { self.ends[at - 1] };
        let known = &self.outcomes[first..self.ends[at]];
        if known == outcomes {
            return Ok(());
        }
        Err(Violation::new(SAME, format!("record {at} gave {known:?}, and now {outcomes:?}")))
    }

    fn first_time(&mut self, record: &Record, outcomes: &[Outcome]) -> Result<(), Violation> {
        for outcome in outcomes {
            let (due, hash) = (self.outcomes.len() as u64 + 1, self.outcomes.last().map_or(0, |last| last.hash));
            if outcome.number.0 != due || outcome.hash == hash {
                return Err(Violation::new(NUMBERS, format!("{due} was due, and came {outcome:?}")));
            }
            self.outcomes.push(outcome.clone());
        }
        let judged = self.model.judge(record, outcomes);
        self.records.push(record.clone());
        self.ends.push(self.outcomes.len());
        judged.map_err(|what| Violation::new(SEATS, format!("record {}: {what}", record.offset)))
    }
}
