//! The `sim` command: exit code 0 when everything was met, 1 when a goal or a promise was missed, 2 when there was no run.

use clap::Parser;
use rowlock_sim::capacity;
use rowlock_sim::cli::{Cli, Command};
use rowlock_sim::faults;
use rowlock_sim::options::Options;
use rowlock_sim::run::{Keep, run};
use rowlock_sim::trace;
use std::process::ExitCode;
use tokio::task::LocalSet;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            say(&format!("sim: {}", problem(&error.to_string())));
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    match &cli.command {
        Some(Command::Faults(options)) => ExitCode::from(faults::run(options, say)),
        Some(Command::Record(options)) => ended(trace::command::run(options, say).map(|()| ExitCode::SUCCESS)),
        Some(Command::EmptyHandler) => ended(capacity::serve_nothing().map(|()| ExitCode::SUCCESS)),
        None => run_against_service(&cli.run),
    }
}

fn run_against_service(options: &Options) -> ExitCode {
    let command = without_secrets(std::env::args());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let ran = LocalSet::new().block_on(&runtime, async {
        if options.find_capacity {
            return capacity::find(options, &command, say).await;
        }
        run(options, &command, say, Keep::Always).await.map(|verdict| verdict.is_met())
    });
    ended(ran.map(|is_met| if is_met { ExitCode::SUCCESS } else { ExitCode::from(1) }))
}

fn ended<E: std::fmt::Display>(result: Result<ExitCode, E>) -> ExitCode {
    result.unwrap_or_else(|error| {
        say(&format!("sim: {error}"));
        ExitCode::from(2)
    })
}

/// What is wrong with the command line, in one line: without usage and tips.
fn problem(error: &str) -> String {
    let lines: Vec<_> = error.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let line = lines.join(" ");
    line.strip_prefix("error: ").map_or(line.clone(), str::to_owned)
}

/// What was typed, fit for a report.
fn without_secrets(arguments: impl Iterator<Item = String>) -> Vec<String> {
    let mut is_secret = false;
    let shown = arguments.map(|argument| {
        let shown = match argument.split_once('=') {
            _ if is_secret => "…".to_owned(),
            Some((name @ "--jwt-secret", _)) => format!("{name}=…"),
            _ => argument.clone(),
        };
        is_secret = argument == "--jwt-secret";
        shown
    });
    shown.collect()
}

/// On stderr: stdout is nobody's.
#[allow(clippy::print_stderr, reason = "it is a command")]
fn say(text: &str) {
    eprintln!("{text}");
}
