//! Records of both logs: what is written is read again, and nothing that is not a record is taken for one.
#![allow(clippy::unwrap_used)]

mod records;

use proptest::prelude::*;
use records::{command, outcome};
use rowlock_engine::codec::{
    DecodeError, RECORD_FORMAT, decode_command, decode_outcome, encode_command, encode_outcome,
};
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::ids::{CorrelationId, EventId, Offset, OutcomeNumber, TimeMs};
use rowlock_engine::outcome::{Change, Outcome, OutcomeBody};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn a_command_is_read_as_it_was_written(command in command()) {
        prop_assert_eq!(decode_command(&encode_command(&command)), Ok(command));
    }

    #[test]
    fn an_outcome_is_read_as_it_was_written(outcome in outcome()) {
        prop_assert_eq!(decode_outcome(&encode_outcome(&outcome)), Ok(outcome));
    }
}

/// Bytes with some of them changed, and perhaps the end cut off.
fn damaged(bytes: &[u8], changes: &[(prop::sample::Index, u8)], end: Option<prop::sample::Index>) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, value) in changes {
        let at = at.index(bytes.len());
        bytes[at] = *value;
    }
    bytes.truncate(end.map_or(bytes.len(), |end| end.index(bytes.len())));
    bytes
}

proptest! {
    #![proptest_config(config(1500))]

    // Whatever damage leaves readable is a value like any other, so it survives the way there and back.
    #[test]
    fn damage_is_an_error_or_a_value(
        command in command(),
        outcome in outcome(),
        changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 0..4),
        end: Option<prop::sample::Index>,
    ) {
        if let Ok(read) = decode_command(&damaged(&encode_command(&command), &changes, end)) {
            prop_assert_eq!(decode_command(&encode_command(&read)), Ok(read));
        }
        if let Ok(read) = decode_outcome(&damaged(&encode_outcome(&outcome), &changes, end)) {
            prop_assert_eq!(decode_outcome(&encode_outcome(&read)), Ok(read));
        }
    }

    #[test]
    fn noise_is_an_error_or_a_value(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_command(&bytes);
        let _ = decode_outcome(&bytes);
    }
}

fn pulse() -> Command {
    Command { event: EventId(7), request: None, correlation: CorrelationId(9), body: CommandBody::Pulse }
}

fn closed() -> Outcome {
    Outcome {
        number: OutcomeNumber(1),
        offset: Offset(2),
        at: TimeMs(3),
        event: EventId(4),
        correlation: None,
        body: OutcomeBody::Done(Change::SaleClosed),
        hash: 5,
    }
}

#[test]
fn another_format_is_named_in_the_error() {
    let (mut command, mut outcome) = (encode_command(&pulse()).to_vec(), encode_outcome(&closed()).to_vec());
    for bytes in [&mut command, &mut outcome] {
        assert_eq!(bytes[..2], [1 << 3, 1], "the format is the first field");
        bytes[1] = 2;
    }
    let unknown = DecodeError::UnknownFormat { found: RECORD_FORMAT + 1 };
    assert_eq!(decode_command(&command), Err(unknown.clone()));
    assert_eq!(decode_outcome(&outcome), Err(unknown.clone()));
    assert_eq!(
        unknown.to_string(),
        "record format 2 is not known, this build reads format 1: run a build that knows it"
    );
}

#[test]
fn no_bytes_are_a_record_of_no_format() {
    assert_eq!(decode_command(&[]), Err(DecodeError::UnknownFormat { found: 0 }));
    assert_eq!(decode_outcome(&[]), Err(DecodeError::UnknownFormat { found: 0 }));
}

#[test]
fn a_record_without_a_body_lacks_it() {
    assert_eq!(decode_command(&[1 << 3, 1]), Err(DecodeError::Missing("body")));
    assert_eq!(decode_outcome(&[1 << 3, 1]), Err(DecodeError::Missing("body")));
}

#[test]
fn a_record_of_the_other_log_is_refused() {
    assert!(decode_outcome(&encode_command(&pulse())).is_err());
    assert!(decode_command(&encode_outcome(&closed())).is_err());
}
