//! One story with every command in it, and what came of it: a change of a decision or of an encoding shows here. Where that
//! is meant, it is a new version of the rules, a new record format or a new snapshot format, and a new number below.

use crate::support::ask::{
    OTHER, amend, area, begin_payment, best, block, cancel, command, confirm, end_payment, exchange, extend,
    from_buyer, named, open_sale, request, reserve, reserve_for, unblock,
};
use crate::support::desk::{Desk, checkpoint};
use crate::support::hall::{hall, terms};
use rowlock_engine::codec::{decode_command, encode_command, encode_outcome};
use rowlock_engine::command::{BestAvailable, Command, CommandBody, Wish};
use rowlock_engine::ids::EventId;
use rowlock_engine::shard::{Shard, Stamp};
use xxhash_rust::xxh3::xxh3_64;

/// Hash of all command records.
const COMMANDS: u64 = 0xdbf0_f471_4a43_01ce;
/// `Shard::hash` at the end.
const RUNNING: u64 = 0x74e5_93b7_6b2d_a57c;
/// Hash of all outcome records.
const OUTCOMES: u64 = 0x28cc_a96b_0927_32ae;
/// Hash of the checkpoint's chunks.
const CHECKPOINT: u64 = 0xbb3a_ee31_db51_eade;

fn accessible(quantity: u32) -> Wish {
    Wish::Best(BestAvailable { quantity, accessible: true, max_price: Some(1_000), ..BestAvailable::default() })
}

/// What is asked, each a second after the one before; a number waits that many seconds more.
fn story() -> Vec<(u64, CommandBody)> {
    vec![
        (0, CommandBody::SetRules(1)),
        (0, open_sale(hall(), terms())),
        (0, open_sale(hall(), terms())),
        (0, block(&[19, 18])),
        (0, reserve(1, best(2))),
        (0, reserve_for(OTHER, 2, named(&[12, 13]))),
        (0, reserve_for(OTHER, 2, named(&[14]))),
        (0, reserve(3, accessible(3))),
        (0, reserve(4, area(0, 4))),
        (0, reserve(5, area(0, 2))),
        (0, extend(1, None)),
        (0, begin_payment(1, 1)),
        (0, end_payment(1, 1)),
        (0, begin_payment(1, 2)),
        (0, confirm(1, Some(2))),
        (0, exchange(1, named(&[14, 15]))),
        (0, exchange(3, named(&[4, 5]))),
        (0, exchange(3, named(&[16]))),
        (0, cancel(4)),
        (0, cancel(4)),
        (0, from_buyer(OTHER, cancel(1))),
        (0, unblock(&[18])),
        (0, amend(|amend| amend.tickets_per_buyer_max = Some(Some(3)))),
        (0, reserve(6, best(2))),
        (0, begin_payment(3, 3)),
        (60, CommandBody::Pulse),
        (0, confirm(3, Some(3))),
        (0, reserve(7, named(&[16, 17]))),
        (0, CommandBody::CloseSale),
        (0, reserve(8, best(1))),
        (90_000, CommandBody::Pulse),
        (0, cancel(1)),
    ]
}

fn told() -> Desk {
    let mut desk = Desk::empty();
    for ((waited, body), key) in story().into_iter().zip(0..) {
        desk.wait(1_000 * (waited + 1));
        // Every third asks with a request id, and asks twice.
        let request = if key % 3 == 0 { request(key, 7) } else { None };
        let asked = Command { request, ..command(EventId(1), body) };
        (0..1 + usize::from(request.is_some())).for_each(|_| drop(desk.send(&asked)));
    }
    desk
}

#[test]
fn the_story_ends_as_it_always_did() {
    let desk = told();
    let all = |records: Vec<bytes::Bytes>| xxh3_64(&records.concat());
    let commands = all(desk.log.iter().map(|record| record.payload.clone()).collect());
    let outcomes = all(desk.outcomes.iter().map(encode_outcome).collect());
    let chunks = all(checkpoint(&desk.shard).chunks.into_iter().map(|chunk| chunk.bytes).collect());
    let running = desk.shard.hash();
    let found = [commands, running, outcomes, chunks];
    assert_eq!(found, [COMMANDS, RUNNING, OUTCOMES, CHECKPOINT], "{found:#018x?}");
}

#[test]
fn the_story_has_every_command_in_it() {
    let mut kinds: Vec<_> = story().iter().map(|(_, body)| std::mem::discriminant(body)).collect();
    kinds.dedup();
    let mut found = 0;
    for (at, kind) in kinds.iter().enumerate() {
        found += u32::from(!kinds[..at].contains(kind));
    }
    assert_eq!(found, 14);
}

#[test]
fn a_checkpoint_in_the_story_changes_nothing_of_its_end() {
    let whole = told();
    for cut in 0..whole.log.len() {
        let mut desk = Desk::empty();
        let mut outcomes = Vec::new();
        for (at, record) in whole.log.iter().enumerate() {
            if at == cut {
                desk.shard = Shard::restore(&checkpoint(&desk.shard)).unwrap();
            }
            let stamp = Stamp { offset: record.offset, at: record.at };
            let command = decode_command(&record.payload).unwrap();
            assert_eq!(encode_command(&command), record.payload);
            desk.shard.apply(stamp, command, &mut outcomes).unwrap();
        }
        assert_eq!(outcomes, whole.outcomes);
    }
}
