//! Figures as people read them: three digits and a unit.

/// A count: `950`, `12.5k`, `3.2M`.
#[must_use]
pub fn count(value: f64) -> String {
    match value {
        ..10_000.0 => digits(value),
        ..1e6 => format!("{}k", digits(value / 1e3)),
        _ => format!("{}M", digits(value / 1e6)),
    }
}

/// A time in microseconds: `850 µs`, `2.5 ms`, `1.2 s`.
#[must_use]
pub fn time(micros: f64) -> String {
    match micros {
        ..1e3 => format!("{} µs", digits(micros)),
        ..1e6 => format!("{} ms", digits(micros / 1e3)),
        _ => format!("{} s", digits(micros / 1e6)),
    }
}

/// An amount of memory in bytes: `0`, `950 kB`, `120 MB`, `1.5 GB`.
#[must_use]
pub fn bytes(value: f64) -> String {
    match value {
        ..1.0 => "0".to_owned(),
        ..1e6 => format!("{} kB", digits(value / 1e3)),
        ..1e9 => format!("{} MB", digits(value / 1e6)),
        _ => format!("{} GB", digits(value / 1e9)),
    }
}

/// A time since the beginning, in seconds: `45 s`, `2 min`, `1:30 min`.
#[must_use]
pub fn clock(seconds: f64) -> String {
    let whole = seconds.round();
    let (minutes, rest) = ((whole / 60.0).floor(), whole % 60.0);
    match (minutes, rest) {
        _ if whole < 120.0 => format!("{whole} s"),
        (minutes, 0.0) => format!("{minutes} min"),
        (minutes, rest) => format!("{minutes}:{rest:02} min"),
    }
}

/// A count in full, its thousands set apart.
#[must_use]
pub fn whole(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Three digits, without zeros at the end.
fn digits(value: f64) -> String {
    let text = match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    };
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::{bytes, clock, count, time, whole};

    #[test]
    fn figures_have_three_digits_and_a_unit() {
        assert_eq!([0.0, 0.5, 950.4, 12_500.0, 3_210_000.0].map(count), ["0", "0.5", "950", "12.5k", "3.21M"]);
        assert_eq!([850.0, 2_500.0, 20_000.0, 1.2e6].map(time), ["850 µs", "2.5 ms", "20 ms", "1.2 s"]);
        assert_eq!([0.0, 950e3, 120e6, 1.5e9].map(bytes), ["0", "950 kB", "120 MB", "1.5 GB"]);
        assert_eq!([45.0, 90.0, 120.0, 150.0, 605.0].map(clock), ["45 s", "90 s", "2 min", "2:30 min", "10:05 min"]);
        assert_eq!([0, 999, 1_000, 1_234_567].map(whole), ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]);
    }
}
