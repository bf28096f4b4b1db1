use super::read::Arrivals;
use super::write::write;
use super::{Header, Problem, Trace, record};
use crate::plan::{Arrival, Intent, Mix, Plan, PlanOptions, Profile, Wish};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use std::time::Duration;

fn header(plan: PlanOptions) -> Header {
    Header { plan, hold: Duration::from_secs(600), simulator: "0.0.0".to_owned() }
}

fn plan() -> PlanOptions {
    PlanOptions {
        tps: 2_000,
        duration: Duration::from_secs(2),
        profile: Profile::Steady,
        events: 3,
        seats: 1_000,
        hot: None,
        mix: Mix::default(),
        buyers: 100,
        seed: 7,
    }
}

fn bytes(header: &Header) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, header, Plan::new(header.plan.clone())).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<Arrival>, Problem> {
    let mut arrivals = Arrivals::read(bytes)?;
    std::iter::from_fn(|| arrivals.next().transpose()).collect()
}

fn problem(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

fn any_plan() -> impl Strategy<Value = PlanOptions> {
    let profile = prop_oneof![Just(Profile::Steady), Just(Profile::Spike), Just(Profile::Ramp), Just(Profile::OnSale)];
    let hot = prop_oneof![Just(None), (0.0..=1.0).prop_map(Some)];
    let numbers = (1u32..2_000, 1_000u64..4_000, 1usize..40, 1u32..20, 1u32..200_000, any::<u64>());
    (profile, hot, numbers).prop_map(|(profile, hot, (tps, millis, events, rows, buyers, seed))| PlanOptions {
        tps,
        duration: Duration::from_millis(millis),
        profile,
        events,
        seats: rows * 100,
        hot,
        mix: "named=0.5,exchange=0.3,retry=0.3".parse().unwrap(),
        buyers,
        seed,
    })
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    #[test]
    fn what_is_recorded_is_what_was_planned(plan in any_plan()) {
        let header = header(plan.clone());
        let written = bytes(&header);
        assert_eq!(Arrivals::read(written.as_slice()).unwrap().header, header);
        assert_eq!(read(&written).unwrap(), Plan::new(plan).collect::<Vec<_>>());
    }

    #[test]
    fn whatever_is_damaged_is_found(at in any::<proptest::sample::Index>(), bit in 0u32..8) {
        let mut damaged = bytes(&header(plan()));
        let at = at.index(damaged.len());
        damaged[at] ^= 1 << bit;
        assert!(read(&damaged).is_err(), "bit {bit} of byte {at}");
    }

    #[test]
    fn whatever_is_cut_off_is_missed(at in any::<proptest::sample::Index>()) {
        let whole = bytes(&header(plan()));
        let end = at.index(whole.len());
        let expected = if end < 8 { "not a trace" } else { "the trace is truncated" };
        assert_eq!(problem(&whole[..end]), expected, "{end} bytes");
    }
}

#[test]
fn what_is_no_trace_is_named() {
    let whole = bytes(&header(plan()));
    assert_eq!(problem(b"{\"machine\": 1}"), "not a trace");
    assert_eq!(problem(&[whole.as_slice(), b"!"].concat()), "the trace is damaged: something after its end");
    let mut newer = whole.clone();
    newer[8] = 2;
    assert_eq!(problem(&newer), "a trace of version 2; this simulator reads version 1");
    let mut long = whole;
    long[13] = 1;
    assert_eq!(problem(&long), "the trace is damaged: a block that is too long");
}

#[test]
fn what_cannot_be_is_named() {
    let said = |header: &Header, arrival: Arrival| {
        let mut bytes = Vec::new();
        write(&mut bytes, header, std::iter::once(arrival)).unwrap();
        problem(&bytes)
    };
    let arrival = Arrival { at: Duration::ZERO, buyer: 0, event: 0, intent: Intent::Browse };
    let book = |wish, thinking| Intent::Book { wish, retry: false, fate: crate::plan::Fate::Pay, thinking };
    let named = Wish::Named { first: 998, quantity: 3 };
    let slow = Duration::from_secs(3_600);
    let good = header(plan());
    for (header, arrival, expected) in [
        (header(PlanOptions { seats: 150, ..plan() }), arrival.clone(), "--seats 150: must be a multiple of 100"),
        (Header { hold: Duration::ZERO, ..good.clone() }, arrival.clone(), "seats held for 0ns"),
        (good.clone(), Arrival { buyer: 100, ..arrival.clone() }, "buyer 100 of 100"),
        (good.clone(), Arrival { event: 3, ..arrival.clone() }, "event 3 of 3"),
        (good.clone(), Arrival { at: Duration::from_secs(3), ..arrival.clone() }, "somebody arrives after 3s"),
        (
            good.clone(),
            Arrival { intent: book(named, Duration::ZERO), ..arrival.clone() },
            "3 seats from position 998 on",
        ),
        (good.clone(), Arrival { intent: book(Wish::Best(1), slow), ..arrival.clone() }, "somebody thinks for 3600s"),
    ] {
        let said = said(&header, arrival);
        assert!(said.starts_with("the trace has what cannot be: ") && said.contains(expected), "{said}");
    }
}

#[test]
fn a_replay_is_as_fast_as_asked_for_and_the_same_each_time() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("trace");
    let recorded = record(&path, &header(plan())).unwrap();
    assert_eq!(recorded.bytes, std::fs::metadata(&path).unwrap().len());
    assert!(recorded.bytes < recorded.arrivals * 9, "{recorded:?}");
    let replay = |speed| Trace::open(&path).unwrap().replay(speed).unwrap().collect::<Vec<_>>();
    let planned: Vec<_> = Plan::new(plan()).collect();
    assert_eq!(Trace::open(&path).unwrap().bookings, recorded.bookings);
    assert_eq!(replay(1.0), planned);
    assert_eq!(replay(2.0), replay(2.0));
    for (fast, planned) in replay(2.0).iter().zip(&planned) {
        assert_eq!((fast.at, fast.buyer, fast.event), (planned.at / 2, planned.buyer, planned.event));
        if let (Intent::Book { thinking: fast, .. }, Intent::Book { thinking, .. }) = (&fast.intent, &planned.intent) {
            assert_eq!(*fast, *thinking / 2);
        }
    }
}

#[test]
fn a_trace_that_changes_while_it_is_replayed_ends_with_a_word_about_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("trace");
    let long = PlanOptions { tps: 20_000, ..plan() };
    record(&path, &header(long.clone())).unwrap();
    let mut replay = Trace::open(&path).unwrap().replay(1.0).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(200_000).unwrap();
    let arrived = replay.by_ref().count();
    assert!(arrived > 0 && arrived < Plan::new(long).count(), "{arrived}");
    assert!(replay.problem().unwrap().to_string().ends_with("trace: the trace is truncated"));
    assert!(Trace::open(&path).is_err_and(|error| error.to_string().ends_with("the trace is truncated")));
}
