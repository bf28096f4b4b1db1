//! Where two refusals apply at once, the one that stands first is given: every pair that a command can meet.

use super::tables::TABLES;

#[test]
fn a_scene_without_a_reason_is_not_refused() {
    for table in TABLES {
        assert_eq!(table.scene(&[]).refusal(), None, "{}", table.name);
    }
}

#[test]
fn every_reason_alone_gives_its_refusal() {
    for table in TABLES {
        for reason in table.reasons {
            assert_eq!(table.scene(&[*reason]).refusal(), Some(reason.variant), "{}", table.name);
        }
    }
}

#[test]
fn of_two_reasons_the_one_that_stands_first_is_given() {
    let mut pairs = 0;
    for table in TABLES {
        for (at, first) in table.reasons.iter().enumerate() {
            for second in table.reasons[at + 1..].iter().filter(|second| !table.excludes(first, second)) {
                let given = table.scene(&[*first, *second]).refusal();
                assert_eq!(given, Some(first.variant), "{}: {} and {}", table.name, first.variant, second.variant);
                pairs += 1;
            }
        }
    }
    assert!(pairs > 150, "{pairs} pairs were tried");
}
