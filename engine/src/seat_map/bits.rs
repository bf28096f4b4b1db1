//! Tricks on words of free seats: bit 0 is the first seat, neighbouring bits are neighbouring seats.

/// Longest group that [`starts`] can look for: a group, and two seats after it, reach at most into the next word.
pub(crate) const GROUP_MAX: u32 = 62;
const _: () = assert!(crate::limits::TICKETS_PER_BOOKING_MAX <= GROUP_MAX);

/// Length of the longest run of ones in one word, in a number of steps that grows with its logarithm.
pub(crate) fn longest_in_word(word: u64) -> u32 {
    if word == 0 {
        return 0;
    }
    // powers[i] marks where a run of at least 2^i starts.
    let mut powers = [word; 6];
    let mut top = 0;
    while top < 5 {
        let longer = powers[top] & (powers[top] >> (1 << top));
        if longer == 0 {
            break;
        }
        top += 1;
        powers[top] = longer;
    }
    let (mut here, mut length) = (powers[top], 1u32 << top);
    for step in (0..=top).rev() {
        let longer = here & powers[step].checked_shr(length).unwrap_or(0);
        if longer != 0 {
            here = longer;
            length += 1 << step;
        }
    }
    length
}

/// Length of the longest run of ones over consecutive words.
pub(crate) fn longest(words: impl Iterator<Item = u64>) -> u32 {
    let (mut best, mut open) = (0, 0);
    for word in words {
        if word == u64::MAX {
            open += 64;
        } else {
            best = best.max(open + word.trailing_ones()).max(longest_in_word(word));
            open = word.leading_ones();
        }
    }
    best.max(open)
}

/// Calls `each(first bit, length)` for every longest possible run of ones over consecutive words.
pub(crate) fn each_run(words: impl Iterator<Item = u64>, mut each: impl FnMut(u32, u32)) {
    let (mut open, mut base) = (0, 0);
    for word in words {
        let joined = word.trailing_ones();
        if open > 0 && joined < 64 {
            each(base - open, open + joined);
        }
        let mut rest = word;
        if open > 0 {
            rest &= rest.wrapping_add(1);
            open = if joined == 64 { open + 64 } else { 0 };
        }
        while rest != 0 {
            let first = rest.trailing_zeros();
            let length = (rest >> first).trailing_ones();
            if first + length == 64 {
                open = length;
                break;
            }
            each(base + first, length);
            rest &= rest + (1 << first);
        }
        base += 64;
    }
    if open > 0 {
        each(base - open, open);
    }
}

/// Where groups of `size` ones start in a word, with the words before and after it: all of them, and those that leave no
/// single one beside them.
pub(crate) fn starts(before: u64, word: u64, after: u64, size: u32) -> (u64, u64) {
    debug_assert!((1..=GROUP_MAX).contains(&size));
    let wide = u128::from(after) << 64 | u128::from(word);
    let (mut all, mut have) = (wide, 1);
    while have < size {
        let step = have.min(size - have);
        all &= all >> step;
        have += step;
    }
    let all = low(all);
    let alone_before = (word << 1 | before >> 63) & !(word << 2 | before >> 62);
    let alone_after = low(wide >> size) & !low(wide >> (size + 1));
    (all, all & !(alone_before | alone_after))
}

/// Where groups of `size` that have at least one of these ones start.
pub(crate) fn starts_with_any(word: u64, after: u64, size: u32) -> u64 {
    let (mut any, mut have) = (u128::from(after) << 64 | u128::from(word), 1);
    while have < size {
        let step = have.min(size - have);
        any |= any >> step;
        have += step;
    }
    low(any)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
fn low(wide: u128) -> u64 {
    wide as u64
}

/// The bit whose double is nearest to `twice`, the lower one of two.
pub(crate) fn nearest(bits: u64, twice: i32) -> Option<u32> {
    let below = match twice.div_euclid(2) {
        ..0 => 0,
        at @ 0..63 => bits & ((2u64 << at) - 1),
        63.. => bits,
    };
    let above = bits & !below;
    let left = (below != 0).then(|| 63 - below.leading_zeros());
    let right = (above != 0).then(|| above.trailing_zeros());
    let far = |bit: u32| (2 * bit.cast_signed() - twice).abs();
    match (left, right) {
        (Some(left), Some(right)) => Some(if far(left) <= far(right) { left } else { right }),
        (left, right) => left.or(right),
    }
}

/// The first one at `from` or later, before `end`.
pub(crate) fn next_one(word_at: impl Fn(usize) -> u64, from: usize, end: usize) -> Option<usize> {
    if from >= end {
        return None;
    }
    let mut at = from / 64;
    let mut word = word_at(at) & u64::MAX << (from % 64);
    while word == 0 {
        at += 1;
        if at * 64 >= end {
            return None;
        }
        word = word_at(at);
    }
    Some(at * 64 + word.trailing_zeros() as usize).filter(|&found| found < end)
}

/// The last one before `end`, at `from` or later.
pub(crate) fn previous_one(word_at: impl Fn(usize) -> u64, from: usize, end: usize) -> Option<usize> {
    if from >= end {
        return None;
    }
    let mut at = (end - 1) / 64;
    let mut word = word_at(at) & u64::MAX >> (63 - (end - 1) % 64);
    while word == 0 {
        if at * 64 <= from {
            return None;
        }
        at -= 1;
        word = word_at(at);
    }
    Some(at * 64 + 63 - word.leading_zeros() as usize).filter(|&found| found >= from)
}
