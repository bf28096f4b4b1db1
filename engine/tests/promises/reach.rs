//! The random sequences meet everything, else the properties over them would promise less than they seem to.

use crate::support::random::{records, steps};
use crate::support::refusals::{VARIANTS, variant};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rowlock_engine::ids::PartitionId;
use rowlock_engine::outcome::{Change, OutcomeBody};
use rowlock_engine::processor::Processor;
use std::collections::BTreeMap;

/// What no small world can bring about.
const UNREACHED: [&str; 3] = ["Internal", "TooManyEvents", "TooManyBookings"];

fn name(body: &OutcomeBody) -> String {
    match body {
        OutcomeBody::Done(Change::Booking(change)) => format!("{:?}", change.kind),
        OutcomeBody::Done(change) => format!("{change:?}").split([' ', '{']).next().unwrap().to_owned(),
        OutcomeBody::Refused(refused) => variant(&refused.refusal).to_owned(),
        OutcomeBody::Repeated(_) => "Repeated".to_owned(),
    }
}

#[test]
fn random_sequences_reach_every_change_and_every_refusal() {
    let mut runner = TestRunner::deterministic();
    let mut found = BTreeMap::<String, u32>::new();
    for _ in 0..300 {
        let steps = steps(120).new_tree(&mut runner).unwrap().current();
        let mut processor = Processor::new(PartitionId(0));
        for outcome in processor.process(&records(&steps)).unwrap() {
            *found.entry(name(&outcome.body)).or_default() += 1;
        }
    }
    let changes = "SaleOpened SaleAmended SaleClosed Blocked Unblocked RulesSet Reserved Extended PaymentBegun PaymentEnded \
                   Confirmed Unchanged Cancelled Exchanged Expired Failed Repeated";
    let refusals = VARIANTS.iter().copied().filter(|name| !UNREACHED.contains(name));
    for wanted in changes.split_whitespace().chain(refusals) {
        assert!(found.get(wanted).is_some_and(|count| *count >= 5), "{wanted} is hardly ever met: {found:?}");
    }
}
