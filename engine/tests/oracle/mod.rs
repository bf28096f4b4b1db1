//! Best available by enumeration, from its documentation alone: no bit sets, no index, no early ends.

use rowlock_engine::command::BestAvailable;
use rowlock_engine::ids::SeatId;
use rowlock_engine::seat_map::{SeatMap, SeatState, Seats};
use std::cmp::Reverse;

/// One position of one row.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub seat: SeatId,
    pub section: u16,
    subsection: usize,
    /// Its row's place in the subsection.
    row: usize,
    row_number: i64,
    /// From 1.
    number: i64,
    focus: (i64, i64),
    pub access: bool,
}

/// Neighbouring places of one row.
pub type Group = Vec<Place>;

/// Free places under a wish's filters, in the order of their ids.
pub fn fitting(map: &SeatMap, seats: &Seats, wish: &BestAvailable) -> Vec<Place> {
    let mut places = Vec::new();
    for section in map.sections() {
        let spec = &map.spec().sections[usize::from(section.index)];
        let wanted = wish.section.is_none_or(|wanted| wanted == section.index);
        if !wanted || wish.max_price.is_some_and(|max| section.price > max) {
            continue;
        }
        for subsection in section.subsections().filter(|sub| wish.subsection.is_none_or(|wanted| wanted == sub.number))
        {
            let front = subsection.rows().next().unwrap();
            let middle = (i64::from(front.number), i64::from(front.positions) + 1);
            let focus = spec.focal_point.map_or(middle, |point| (i64::from(point.row), 2 * i64::from(point.seat)));
            for (row, view) in subsection.rows().enumerate() {
                let positions = (0..view.positions).map(|at| (at, SeatId(view.first.0 + at)));
                let is_free =
                    |&(_, seat): &(u32, SeatId)| map.exists(seat) && seats.state(seat) == SeatState::Available;
                places.extend(positions.filter(is_free).map(|(at, seat)| Place {
                    seat,
                    section: section.index,
                    subsection: subsection.index,
                    row,
                    row_number: view.number.into(),
                    number: i64::from(at) + 1,
                    focus,
                    access: map.is_reserved_for_access(seat),
                }));
            }
        }
    }
    places
}

fn touch(left: &Place, right: &Place) -> bool {
    (left.subsection, left.row, left.number + 1) == (right.subsection, right.row, right.number)
}

/// Sorted places as runs of neighbours.
pub fn groups(places: &[Place]) -> Vec<Group> {
    places.chunk_by(touch).map(<[Place]>::to_vec).collect()
}

fn distance(group: &[Place]) -> i64 {
    let (first, last) = (group.first().unwrap(), group.last().unwrap());
    let (row, seat_twice) = first.focus;
    (4 * (first.row_number - row)).pow(2) + (first.number + last.number - seat_twice).pow(2)
}

fn leaves_one(pool: &[Place], group: &[Place]) -> bool {
    let runs = groups(pool);
    let run = runs.iter().find(|run| run.iter().any(|place| place.seat == group[0].seat)).unwrap();
    let before = group[0].number - run[0].number;
    before == 1 || run.len() - group.len() - usize::try_from(before).unwrap() == 1
}

fn ids(groups: &[Group]) -> Vec<SeatId> {
    let mut ids: Vec<_> = groups.iter().flatten().map(|place| place.seat).collect();
    ids.sort_unstable();
    ids
}

fn sections(pool: &[Place]) -> Vec<Vec<Place>> {
    pool.chunk_by(|left, right| left.section == right.section).map(<[Place]>::to_vec).collect()
}

/// All ways to seat `size` side by side.
fn blocks(pool: &[Place], size: usize) -> Vec<Group> {
    groups(pool).iter().flat_map(|run| run.windows(size)).map(<[Place]>::to_vec).collect()
}

/// Classes 1 and 2, with at least one accessible or companion seat if so asked.
fn together(pool: &[Place], size: usize, with_access: bool) -> Option<Vec<SeatId>> {
    [true, false].into_iter().find_map(|snug| {
        sections(pool).iter().find_map(|section| {
            let fits = |block: &Group| {
                (!with_access || block.iter().any(|place| place.access)) && !(snug && leaves_one(section, block))
            };
            let best =
                blocks(section, size).into_iter().filter(fits).min_by_key(|block| (distance(block), block[0].seat));
            best.map(|block| ids(&[block]))
        })
    })
}

/// Seats out of runs: each whole but the last, which gives what is missing.
fn out_of(mut runs: Vec<Group>, size: usize) -> Option<Vec<Group>> {
    runs.sort_by_key(|run| (Reverse(run.len()), run[0].section, distance(run), run[0].seat));
    let mut sizes = Vec::new();
    for run in &runs {
        let missing = size - sizes.iter().sum::<usize>();
        if missing > 0 {
            sizes.push(run.len().min(missing));
        }
    }
    if sizes.iter().sum::<usize>() < size {
        return None;
    }
    let last = sizes.len() - 1;
    if sizes[last] == 1
        && runs[last].len() > 1
        && let Some(giver) = (0..last).rev().find(|&at| sizes[at] >= 3)
    {
        sizes[giver] -= 1;
        sizes[last] += 1;
    }
    let seat = |(run, size): (&Group, usize)| {
        let best = run.windows(size).min_by_key(|block| (leaves_one(run, block), distance(block), block[0].seat));
        best.unwrap().to_vec()
    };
    Some(runs.iter().zip(sizes).map(seat).collect())
}

/// Classes 3 (nobody alone) and 4.
fn neighbouring(section: &[Place], size: usize, least: usize) -> Option<Vec<SeatId>> {
    (2..=size).find_map(|spread| {
        let mut choices = Vec::new();
        for subsection in section.chunk_by(|left, right| left.subsection == right.subsection) {
            for top in 0..=subsection.last().unwrap().row {
                let rows: Vec<_> =
                    subsection.iter().copied().filter(|at| (top..top + spread).contains(&at.row)).collect();
                let runs: Vec<_> = groups(&rows).into_iter().filter(|run| run.len() >= least).collect();
                if runs.iter().all(|run| run[0].row != top) {
                    continue;
                }
                choices.extend(out_of(runs, size));
            }
        }
        let alone = |choice: &[Group]| choice.iter().filter(|group| group.len() == 1).count();
        choices.retain(|choice| choice.len() <= spread && (least == 1 || alone(choice) == 0));
        let key = |choice: &Vec<Group>| {
            (alone(choice), choice.len(), choice.iter().map(|group| distance(group)).sum::<i64>(), ids(choice)[0])
        };
        choices.into_iter().min_by_key(key).map(|choice| ids(&choice))
    })
}

fn apart(pool: &[Place], size: usize) -> Option<Vec<SeatId>> {
    let enough: Vec<_> = sections(pool).into_iter().filter(|section| section.len() >= size).collect();
    let near = |least| enough.iter().find_map(|section| neighbouring(section, size, least));
    let anything = |pool: &[Place]| out_of(groups(pool), size).map(|choice| ids(&choice));
    near(2).or_else(|| near(1)).or_else(|| anything(enough.first().map_or(pool, Vec::as_slice)))
}

fn plain(pool: &[Place], size: usize, adjacent_only: bool) -> Option<Vec<SeatId>> {
    together(pool, size, false).or_else(|| if adjacent_only { None } else { apart(pool, size) })
}

/// The pools of a wish: everything, accessible and companion seats, the others.
pub fn pools(all: &[Place]) -> (Vec<Place>, Vec<Place>) {
    all.iter().copied().partition(|place| place.access)
}

/// What the documentation says is best, sorted; `None` where it says that there is nothing.
pub fn best(map: &SeatMap, seats: &Seats, wish: &BestAvailable, released: bool) -> Option<Vec<SeatId>> {
    let all = fitting(map, seats, wish);
    let (access, ordinary) = pools(&all);
    let size = wish.quantity as usize;
    if !wish.accessible {
        return plain(if released { &all } else { &ordinary }, size, wish.adjacent_only);
    }
    let one = together(&access, size, false).or_else(|| together(&all, size, true));
    one.or_else(|| match access.len() {
        _ if wish.adjacent_only => together(&all, size, false),
        some if some >= size => apart(&access, size),
        some => {
            let mut seats = plain(&ordinary, size - some, false)?;
            seats.extend(access.iter().map(|place| place.seat));
            seats.sort_unstable();
            Some(seats)
        }
    })
}

/// Class, section, spread, people alone, groups: how good any choice of seats is, made how it may be.
pub fn rank(pool: &[Place], choice: &[Place]) -> (u32, u16, usize, usize, usize) {
    let groups = groups(choice);
    let (first, last) = (choice[0], choice[choice.len() - 1]);
    let alone = groups.iter().filter(|group| group.len() == 1).count();
    let spread = groups.len().max(last.row - first.row.min(last.row) + 1);
    if groups.len() == 1 {
        return (if leaves_one(pool, choice) { 2 } else { 1 }, first.section, 0, 0, 0);
    }
    if first.section != last.section {
        return (6, 0, 0, 0, 0);
    }
    if first.subsection != last.subsection || spread > choice.len() {
        return (5, first.section, 0, 0, 0);
    }
    (if alone == 0 { 3 } else { 4 }, first.section, spread, alone, groups.len())
}

/// The best rank among all choices of `size` seats of one subsection of the pool.
pub fn best_rank(pool: &[Place], size: usize) -> Option<(u32, u16, usize, usize, usize)> {
    let subsections = pool.chunk_by(|left, right| left.subsection == right.subsection);
    let choices = subsections.flat_map(|places| {
        let bits = (0u32..1 << places.len()).filter(move |bits| bits.count_ones() as usize == size);
        bits.map(|bits| (0..places.len()).filter(|at| bits >> at & 1 == 1).map(|at| places[at]).collect::<Vec<_>>())
    });
    choices.map(|choice| rank(pool, &choice)).min()
}
