use rowlock_benches::hall::{hall, stamp};
use rowlock_engine::booking::*;
use rowlock_engine::command::*;
use rowlock_engine::ids::*;
use rowlock_engine::ports::Checkpoint;
use rowlock_engine::shard::{Shard, Stamp};
use std::sync::Arc;
use uuid::Uuid;

fn main() {
    let split: bool = std::env::args().nth(1).is_some();
    for seed in 0..6u64 {
        let mut x = seed + 1;
        let mut r = move |n: u64| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            (x >> 11) % n
        };
        let mut shard = Shard::new(PartitionId(0));
        let mut at = 1_800_000_000_000u64;
        let mut out = Vec::new();
        let mut go = |shard: &mut Shard, at: u64, event: u64, request: Option<RequestId>, body: CommandBody| {
            let c = Command { event: EventId(event), request, correlation: CorrelationId(at), body };
            out.clear();
            let s: Stamp = Stamp { offset: shard.next_offset(), ..stamp(Offset(0)) };
            shard.apply(Stamp { at: TimeMs(at), ..s }, c, &mut out).unwrap();
        };
        for e in 0..3 {
            let terms = SaleTerms {
                opens_at: None,
                hold_ms: 20_000,
                tickets_per_booking_max: 6,
                tickets_per_buyer_max: (e == 1).then_some(12),
                accessible_released: e != 2,
                refunds: e != 0,
            };
            go(&mut shard, at, e, None, CommandBody::OpenSale(OpenSale { seat_map: Arc::new(hall(5000)), terms }));
        }
        let mut ids: Vec<(u64, BookingId, BuyerId)> = vec![];
        let mut reqs: Vec<RequestId> = vec![];
        for step in 0..200_000u64 {
            at += r(12);
            if r(20_000) == 0 {
                at += 90_000_000;
            }
            let e = r(3);
            let request = match r(10) {
                0 | 1 => None,
                2 if !reqs.is_empty() => Some(reqs[r(reqs.len() as u64) as usize]),
                _ => {
                    let q = RequestId { key: (r(1 << 50) as u128) << 64 | r(1 << 50) as u128, fingerprint: r(2) };
                    reqs.push(q);
                    Some(q)
                }
            };
            let wish = match r(3) {
                0 => Wish::Named((0..1 + r(4)).map(|i| SeatId((r(5000) + i) as u32)).collect()),
                _ => Wish::Best(BestAvailable {
                    quantity: 1 + r(6) as u32,
                    accessible: r(20) == 0,
                    ..Default::default()
                }),
            };
            let (ev, booking, buyer) = if ids.is_empty() {
                (e, BookingId(Uuid::nil()), BuyerId(0))
            } else {
                ids[ids.len() - 1 - r(ids.len().min(800) as u64) as usize]
            };
            let payment = PaymentId(Uuid::from_u128(r(2) as u128 + booking.0.as_u128()));
            let (ev, body) = match r(20) {
                0..=8 => {
                    let booking = BookingId(Uuid::from_u128((at as u128) << 80 | step as u128));
                    let buyer = BuyerId(r(300));
                    ids.push((e, booking, buyer));
                    let holder = (r(8) == 0).then(|| format!("holder {step}").into());
                    (
                        e,
                        CommandBody::Reserve(Reserve {
                            booking,
                            buyer,
                            holder,
                            hold_ms: (r(9) == 0).then(|| 1000 + r(80_000)),
                            wish,
                        }),
                    )
                }
                9 | 10 => (ev, CommandBody::Extend(Extend { booking, buyer, hold_ms: None })),
                11 | 12 => {
                    (ev, CommandBody::BeginPayment(BeginPayment { booking, buyer, payment, timeout_ms: 1 + r(60_000) }))
                }
                13 => (ev, CommandBody::EndPayment(EndPayment { booking, buyer, payment })),
                14 | 15 => {
                    (ev, CommandBody::Confirm(Confirm { booking, buyer, payment: (r(5) > 0).then_some(payment) }))
                }
                16 => (ev, CommandBody::Cancel(Cancel { booking, buyer })),
                17 => (ev, CommandBody::Exchange(Exchange { booking, buyer, wish })),
                18 => (e, CommandBody::Pulse),
                _ => (
                    e,
                    if r(2) == 0 {
                        CommandBody::Block(SeatSet { seats: vec![SeatId(r(5000) as u32)] })
                    } else {
                        CommandBody::Unblock(SeatSet { seats: vec![SeatId(r(5000) as u32)] })
                    },
                ),
            };
            go(&mut shard, at, ev, request, body);
            if split && step % 15_000 == 7 {
                let d = shard.freeze().delta(None);
                shard = Shard::restore(&Checkpoint { covers: d.covers, chunks: d.changed }).unwrap();
            }
            if split && step % 1_000 == 9 {
                std::mem::forget(shard.freeze());
            }
        }
        println!(
            "{seed}: {} {:016x} {}",
            shard.last_outcome(),
            shard.hash(),
            shard.events().map(|e| e.bookings_len()).sum::<usize>()
        );
    }
}
