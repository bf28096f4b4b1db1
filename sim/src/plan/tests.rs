use super::{Arrival, Fate, Intent, Mix, Plan, PlanOptions, Profile, Wish};
use std::time::Duration;

fn options() -> PlanOptions {
    PlanOptions {
        tps: 2_000,
        duration: Duration::from_secs(5),
        profile: Profile::Steady,
        events: 3,
        seats: 1_000,
        hot: None,
        mix: Mix::default(),
        buyers: 100,
        seed: 7,
    }
}

#[test]
fn the_same_seed_gives_the_same_plan_and_another_one_does_not() {
    let plan = |seed| Plan::new(PlanOptions { seed, ..options() }).collect::<Vec<Arrival>>();
    assert_eq!(plan(7), plan(7));
    assert_ne!(plan(7), plan(8));
}

#[test]
fn arrivals_are_as_many_as_asked_for_and_in_order() {
    let plan: Vec<_> = Plan::new(options()).collect();
    let bookings = plan.iter().filter(|arrival| arrival.intent != Intent::Browse).count();
    assert!((9_999..=10_000).contains(&bookings), "{bookings}");
    assert_eq!(Plan::new(options()).bookings(), 10_000);
    assert!((1_999..=2_000).contains(&(plan.len() - bookings)));
    assert!(plan.is_sorted_by_key(|arrival| arrival.at));
    assert!(plan.last().unwrap().at < Duration::from_secs(5));
    assert!(plan.iter().all(|arrival| arrival.buyer < 100 && arrival.event < 3));
}

#[test]
fn the_mix_is_what_was_asked_for() {
    let mix = "browse=0,best=1,named=1,pay=1,abandon=0,cancel=1,exchange=0,retry=0".parse().unwrap();
    let (mut named, mut paid) = (0, 0);
    for arrival in Plan::new(PlanOptions { mix, ..options() }) {
        let Intent::Book { wish, retry, fate, .. } = arrival.intent else { panic!("nobody browses") };
        assert!(!retry && matches!(fate, Fate::Pay | Fate::Cancel));
        if let Wish::Named { first, quantity } = wish {
            assert!(first + u32::from(quantity) <= 1_000);
            named += 1;
        }
        paid += u32::from(fate == Fate::Pay);
    }
    assert!((4_700..5_300).contains(&named) && (4_700..5_300).contains(&paid), "{named} named, {paid} paid");
}
