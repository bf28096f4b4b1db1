//! The `rowlock` binary: what can be asked of it on the command line.

use clap::{Parser, Subcommand};
use rowlock::config::{Config, ConfigError};
use rowlock::{cli, routes};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sells assigned seats when everybody wants them at once.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service until it is told to stop (SIGTERM or Ctrl-C).
    Serve {
        /// Put an event on sale first, unless there is one, and say how to try it.
        #[arg(long)]
        demo: bool,
    },
    /// Show the configuration that `serve` would run with, secrets masked.
    Config,
    /// Make, list and revoke the keys of programs.
    #[command(subcommand)]
    Apikey(cli::ApiKeyCommand),
    /// Print the OpenAPI document.
    Openapi,
}

/// Exit code for flags and configuration that cannot be used.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::say_error(&error.to_string());
            if error.is::<ConfigError>() { ExitCode::from(UNUSABLE) } else { ExitCode::FAILURE }
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn std::error::Error>> {
    if matches!(command, Command::Openapi) {
        return Ok(cli::say(&routes::document().to_pretty_json()?)?);
    }
    let config = Config::from_env()?;
    let runtime = tokio::runtime::Runtime::new()?;
    match command {
        Command::Serve { demo } => runtime.block_on(cli::serve(config, demo)),
        Command::Config => {
            config.show().iter().try_for_each(|shown| cli::say(&shown.to_string()))?;
            Ok(())
        }
        Command::Apikey(command) => runtime.block_on(cli::api_key(config, command)),
        Command::Openapi => unreachable!("printed above"),
    }
}
