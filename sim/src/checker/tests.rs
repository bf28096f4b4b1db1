use super::Journal;
use super::accepted::{Shown, tell, tell_exchange};
use std::time::Duration;

const HOLD: Duration = Duration::from_secs(600);

fn journal() -> Journal {
    Journal::new(HOLD, 2, 100)
}

fn labels(numbers: &[u32]) -> Vec<String> {
    numbers.iter().map(|number| format!("A-1-1-{number}")).collect()
}

fn whats(journal: &Journal) -> Vec<&str> {
    journal.violations().iter().map(|violation| violation.what.as_str()).collect()
}

#[test]
fn a_seat_that_two_were_given_is_found_with_its_history() {
    let mut journal = journal();
    journal.booked(0, 1, "one", &labels(&[1, 2]));
    journal.booked(1, 2, "elsewhere", &labels(&[2]));
    journal.booked(0, 3, "two", &labels(&[2, 3]));
    assert_eq!(whats(&journal), ["event 0, seat A-1-1-2: given to two while one has it"]);
    let history = &journal.violations()[0].history;
    assert_eq!(history.len(), 2);
    assert!(history[0].starts_with("booking one of buyer 1: Held"), "{history:?}");
}

#[test]
fn seats_that_were_given_back_may_be_given_again() {
    let mut journal = journal();
    journal.booked(0, 1, "one", &labels(&[1]));
    // From the request on: its answer may be heard after the next buyer's.
    journal.leaving("one");
    journal.booked(0, 2, "two", &labels(&[1]));
    journal.gone("one");
    journal.leaving("two");
    journal.exchanged("two", &labels(&[2]));
    journal.booked(0, 3, "three", &labels(&[1]));
    assert_eq!(journal.violations_count, 0, "{:?}", journal.violations());
    journal.booked(0, 4, "four", &labels(&[2]));
    assert_eq!(journal.violations_count, 1);
}

#[test]
fn of_two_who_pay_for_a_seat_one_may_be_told_so() {
    let mut journal = journal();
    journal.booked(0, 1, "one", &labels(&[1]));
    // The hold follows the payment's deadline: it may end before that of the booking.
    journal.paying("one");
    journal.booked(0, 2, "two", &labels(&[1]));
    journal.paying("two");
    assert_eq!(journal.violations_count, 0, "{:?}", journal.violations());
    journal.paid("two");
    assert_eq!(journal.violations_count, 0, "{:?}", journal.violations());
    journal.paid("one");
    assert_eq!(whats(&journal), ["event 0, seat A-1-1-1: given to one while two has it"]);
}

#[test]
fn who_pays_late_has_the_seats_again_and_a_change_left_open_is_not_doubted() {
    let mut journal = journal();
    journal.booked(0, 1, "one", &labels(&[1, 2]));
    journal.paying("one");
    journal.booked(0, 2, "two", &labels(&[1]));
    journal.leaving("two");
    journal.gone("two");
    journal.paid("one");
    assert_eq!(journal.violations_count, 0, "{:?}", journal.violations());
    journal.booked(0, 3, "three", &labels(&[1]));
    assert_eq!(whats(&journal), ["event 0, seat A-1-1-1: given to three while one has it"]);
    journal.booked(0, 4, "four", &labels(&[5]));
    journal.leaving("four");
    journal.booked(0, 5, "five", &labels(&[5]));
    journal.paying("four");
    journal.paid("four");
    assert_eq!(journal.violations_count, 1, "{:?}", journal.violations());
}

#[test]
fn what_stays_keeps_its_seats() {
    let mut journal = journal();
    journal.booked(0, 1, "one", &labels(&[1]));
    journal.leaving("one");
    journal.stays("one");
    journal.booked(0, 2, "two", &labels(&[1]));
    assert_eq!(journal.violations_count, 1);
}

#[test]
fn a_hold_ends_with_its_deadline_unless_it_is_paid_for() {
    let mut journal = Journal::new(Duration::ZERO, 1, 100);
    journal.booked(0, 1, "one", &labels(&[1]));
    journal.booked(0, 2, "two", &labels(&[1]));
    journal.paying("two");
    assert_eq!(journal.violations_count, 0);
    // A payment of which nobody has heard may have failed.
    journal.booked(0, 9, "other", &labels(&[5]));
    journal.paying("other");
    journal.booked(0, 9, "another", &labels(&[5]));
    assert_eq!(journal.violations_count, 0);
    journal.paid("two");
    journal.booked(0, 3, "three", &labels(&[1]));
    assert_eq!(whats(&journal), ["event 0, seat A-1-1-1: given to three while two has it"]);
}

#[test]
fn what_cannot_be_read_or_stands_twice_is_found() {
    let mut journal = journal();
    journal.booked(0, 1, "one", &["B-9".to_owned()]);
    journal.booked(0, 1, "one", &labels(&[1]));
    journal.unreadable();
    assert_eq!(
        whats(&journal),
        [
            "booking one has seats that do not exist: [\"B-9\"]",
            "booking one was made twice",
            "a 201 or 202 without a booking"
        ]
    );
}

#[test]
fn a_seat_beyond_the_event_is_found() {
    let mut journal = journal();
    journal.booked(0, 1, "one", &labels(&[100]));
    assert_eq!(journal.violations_count, 0, "{:?}", journal.violations());
    journal.booked(0, 2, "two", &["A-1-2-1".to_owned()]);
    assert_eq!(whats(&journal), ["event 0, seat A-1-2-1: given to two, but there is no such seat"]);
    assert_eq!(journal.seats(), [0, 1, 199]);
}

#[test]
fn a_refusal_is_doubted_only_while_seats_must_have_been_free() {
    let mut journal = journal();
    for number in 0..23 {
        let seats: Vec<u32> = (1..=4).map(|seat| number * 4 + seat).collect();
        journal.asked(0);
        journal.booked(0, 1, &number.to_string(), &labels(&seats));
        journal.answered(0, true);
    }
    // 92 were told of, and one request at a time was under way: at most 96 of 100 were taken.
    journal.none_left(0, 5);
    assert_eq!(journal.violations_count, 0);
    journal.none_left(0, 4);
    assert_eq!(whats(&journal), ["event 0: 4 of the best seats refused, though at most 96 were ever taken"]);
    // A request that was never answered may have taken seats.
    journal.asked(1);
    journal.answered(1, false);
    journal.none_left(1, 97);
    assert_eq!(journal.violations_count, 1);
    assert!(journal.may_have_untold(1) && !journal.may_have_untold(0));
}

#[test]
fn what_was_answered_with_202_is_settled_by_what_is_shown_later() {
    let mut journal = journal();
    for id in ["made", "refused", "open", "sold"] {
        journal.asked(0);
        journal.accepted(0, 1, id.into());
        journal.answered(0, false);
    }
    let accepted = journal.take_accepted();
    let mut tell = |number: usize, status: &str, seats: &[u32]| {
        let shown = Shown { status: status.to_owned(), seats: labels(seats) };
        (tell(&mut journal, &accepted[number], &shown), journal.may_have_untold(0))
    };
    assert_eq!(tell(0, "pending_payment", &[1]), (true, true));
    assert_eq!(tell(1, "refused", &[]), (true, true));
    assert_eq!(tell(2, "processing", &[]), (false, true));
    assert_eq!(tell(3, "completed", &[2]), (true, true));
    assert_eq!(tell(2, "expired", &[]), (true, false));
    assert_eq!(journal.bookings().len(), 1);
    assert_eq!(whats(&journal), ["booking sold, answered with 202, is completed"]);
    journal.booked(0, 2, "another", &labels(&[1]));
    assert_eq!(journal.violations_count, 2, "its seats are its own");
}

#[test]
fn an_exchange_that_was_left_open_is_settled_by_other_seats() {
    let mut journal = journal();
    for (id, seat) in [("exchanged", 1), ("as before", 2)] {
        journal.booked(0, 1, id, &labels(&[seat]));
        journal.asked(0);
        journal.leaving(id);
        journal.exchange_unknown(id);
        journal.answered(0, false);
    }
    let before = journal.take_unknown_exchanges();
    let shown = |seat| Shown { status: "completed".to_owned(), seats: labels(&[seat]) };
    assert!(tell_exchange(&mut journal, &before[0], &shown(9)));
    assert!(!tell_exchange(&mut journal, &before[1], &shown(2)));
    assert!(journal.may_have_untold(0));
    journal.paid("as before");
    let paid = journal.bookings()[1].clone();
    assert!(tell_exchange(&mut journal, &paid, &shown(2)) && !journal.may_have_untold(0));
    journal.booked(0, 2, "another", &labels(&[1, 9]));
    assert_eq!(whats(&journal), ["event 0, seat A-1-1-9: given to another while exchanged has it"]);
}
