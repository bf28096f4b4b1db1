//! `sim faults` as a command.

use std::process::{Command, Output};

fn sim(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sim")).arg("faults").args(arguments).output().expect("it is built")
}

#[test]
fn a_seed_without_a_violation_ends_with_0() {
    let output = sim(&["--seed", "7"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("seed 7: "), "{output:?}");
}

#[test]
fn a_violation_ends_with_1_and_says_how_to_see_it_again() {
    let output = sim(&["--seeds", "1000", "--plant", "skip-dedup"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let again =
        said.lines().last().and_then(|line| line.strip_prefix("To see it again: sim faults ")).expect("a command");
    let again = sim(&again.split(' ').collect::<Vec<_>>());
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn what_makes_no_sense_ends_with_2_and_one_line() {
    for arguments in [
        &["--seed", "many"][..],
        &["--seeds", "0"],
        &["--seeds", "-1"],
        &["--plant", "nothing"],
        &["--prove", "--seed", "3"],
        &["--sead", "3"],
        &["--seed", "18446744073709551615", "--seeds", "2"],
    ] {
        let output = sim(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("sim: "), "{said}");
    }
}
