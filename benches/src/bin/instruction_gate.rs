//! Holds counted instructions against the committed baseline: `instruction_gate BASELINE COUNTED [--update]`.
//!
//! `COUNTED` is what the bench `instructions` prints as JSON. Any count more than 5% above its baseline fails the gate. Counts compare
//! only under one toolchain: under another one the gate says so and judges nothing. `--update` writes the baseline anew.

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, ExitCode};

/// How much worse than its baseline a count may be.
const WORSE_PERCENT_MAX: u64 = 5;

type Counts = BTreeMap<String, u64>;

/// What was counted before, and with which tools.
struct Baseline {
    toolchain: String,
    counts: Counts,
}

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            println!("instruction gate: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<bool, String> {
    let [path, counted, rest @ ..] = arguments else {
        return Err("usage: instruction_gate BASELINE COUNTED [--update]".to_owned());
    };
    let counts = read_counts(&read(counted)?)?;
    let toolchain = toolchain()?;
    if rest.iter().any(|argument| argument == "--update") {
        let baseline = json!({ "toolchain": toolchain, "instructions": counts });
        let text = serde_json::to_string_pretty(&baseline).map_err(|error| error.to_string())?;
        std::fs::write(path, text + "\n").map_err(|error| format!("{path}: {error}"))?;
        println!("wrote {} counts to {path}", counts.len());
        return Ok(true);
    }
    let baseline = read_baseline(&read(path)?).map_err(|problem| format!("{path}: {problem}"))?;
    if baseline.toolchain != toolchain {
        println!("cannot judge: the baseline is of [{}], this is [{toolchain}]", baseline.toolchain);
        return Ok(true);
    }
    Ok(judge(&baseline.counts, &counts))
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

/// Everything that instruction counts depend on besides the code.
fn toolchain() -> Result<String, String> {
    let tools = [("rustc", "-V"), ("valgrind", "--version"), ("getconf", "GNU_LIBC_VERSION")];
    let mut versions = vec![std::env::consts::ARCH.to_owned()];
    for (tool, argument) in tools {
        let output = Command::new(tool).arg(argument).output().map_err(|error| format!("{tool}: {error}"))?;
        versions.push(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Ok(versions.join(", "))
}

/// One JSON object a line, one line a benchmark.
fn read_counts(text: &str) -> Result<Counts, String> {
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let counts: Counts = lines.map(read_count).collect::<Result<_, _>>()?;
    if counts.is_empty() { Err("nothing was counted: did the bench run?".to_owned()) } else { Ok(counts) }
}

fn read_count(line: &str) -> Result<(String, u64), String> {
    let summary: Value = serde_json::from_str(line).map_err(|error| format!("not a summary: {error}"))?;
    let text = |field: &str| summary[field].as_str().unwrap_or_default();
    let name = format!("{} {}", text("function_name"), text("id"));
    let count = summary.pointer("/profiles/0/data/total/metrics/Ir/values/new").and_then(Value::as_u64);
    count.map(|count| (name.clone(), count)).ok_or_else(|| format!("{name}: the summary has no instruction count"))
}

fn read_baseline(text: &str) -> Result<Baseline, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let toolchain = value["toolchain"].as_str().ok_or("it names no toolchain")?.to_owned();
    let counts = value["instructions"].as_object().ok_or("it has no instructions")?;
    let read = |(name, count): (&String, &Value)| Some((name.clone(), count.as_u64()?));
    let counts = counts.iter().map(read).collect::<Option<_>>().ok_or("a count is no number")?;
    Ok(Baseline { toolchain, counts })
}

/// Prints each figure beside its baseline; false when one is too much worse, or stands on one side only.
fn judge(baseline: &Counts, counts: &Counts) -> bool {
    let mut good = true;
    for (name, count) in counts {
        let Some(base) = baseline.get(name) else {
            println!("{name:<24}{count:>12}  FAIL: it has no baseline, run with --update");
            good = false;
            continue;
        };
        // In whole numbers, so that 5% is 5%.
        let (is_worse, is_better) = (is_above(*count, *base), is_above(*base, *count));
        let verdict = match (is_worse, is_better) {
            (true, _) => "FAIL: more than 5% worse",
            (_, true) => "better: --update keeps it so",
            _ => "",
        };
        good &= !is_worse;
        let percent = percent_above(*count, *base);
        println!("{name:<24}{count:>12}  baseline {base:>12}  {percent:+7.2}%  {verdict}");
    }
    for name in baseline.keys().filter(|name| !counts.contains_key(*name)) {
        println!("{name:<24}  FAIL: it has a baseline but was not counted");
        good = false;
    }
    good
}

/// Whether `count` is more than the allowed percentage above `base`.
fn is_above(count: u64, base: u64) -> bool {
    count * 100 > base * (100 + WORSE_PERCENT_MAX)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn percent_above(count: u64, base: u64) -> f64 {
    (count as f64 / base as f64 - 1.0) * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pairs: &[(&str, u64)]) -> Counts {
        pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    #[test]
    fn five_percent_worse_passes_and_more_fails() {
        let baseline = counts(&[("apply", 1000)]);
        assert!(judge(&baseline, &counts(&[("apply", 1050)])));
        assert!(!judge(&baseline, &counts(&[("apply", 1051)])));
        assert!(judge(&baseline, &counts(&[("apply", 1)])));
    }

    #[test]
    fn what_stands_on_one_side_only_fails() {
        assert!(!judge(&counts(&[]), &counts(&[("new", 1)])));
        assert!(!judge(&counts(&[("gone", 1)]), &counts(&[])));
    }

    #[test]
    fn a_count_is_read_from_a_summary() {
        let metrics = json!({ "Ir": { "values": { "new": 7, "old": 8 } } });
        let profiles = json!([{ "data": { "total": { "metrics": metrics } } }]);
        let line = json!({ "function_name": "applied", "id": "best_50", "profiles": profiles }).to_string();
        assert_eq!(read_counts(&line), Ok(counts(&[("applied best_50", 7)])));
        assert!(read_counts("").is_err());
    }
}
