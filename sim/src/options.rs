//! What can be asked for on the command line, and what of it makes no sense.

use crate::plan::PlanOptions;
use crate::slo::Slo;
use crate::traffic::Traffic;
use clap::Parser;
use std::path::PathBuf;
use std::time::Duration;

/// How many times the capacity can be asked for.
const OVERLOAD: (u32, u32) = (2, 100);

/// What a capacity run is made of.
#[derive(Clone, Debug, Parser)]
#[command(name = "sim")]
pub struct Options {
    /// Who comes
    #[command(flatten)]
    pub traffic: Traffic,
    /// A trace whose traffic is replayed instead, as `sim record` writes it
    #[arg(long, value_name = "FILE", conflicts_with = "Traffic")]
    pub trace: Option<PathBuf>,
    /// How much faster than recorded a trace is replayed, 0.01 to 100
    #[arg(long, default_value_t = 1.0, requires = "trace")]
    pub speed: f64,
    /// Connections; as many requests can be under way
    #[arg(long, default_value_t = 512)]
    pub connections: usize,
    /// What must be met, as in p99=25ms,errors=0
    #[arg(long, default_value_t)]
    pub slo: Slo,
    /// Look for the highest rate that meets --slo, beginning at --tps [its p99 is 25ms unless it says otherwise]
    #[arg(long, conflicts_with = "trace")]
    pub find_capacity: bool,
    /// Then throw so many times the capacity at it: nine tenths have to be carried, the rest refused within --slo's
    /// shed [100ms unless it says otherwise]; needs connections for all who come at once. The reports are of this
    #[arg(long, value_name = "TIMES", requires = "find_capacity")]
    pub overload: Option<u32>,
    /// How long each rate is tried
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = humantime::parse_duration, requires = "find_capacity")]
    pub trial: Duration,
    /// A running service, http://host:port, instead of a child of this one's own
    #[arg(long, requires = "jwt_secret")]
    pub target: Option<String>,
    /// What the target signs its tokens with
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<String>,
    /// The `rowlock` binary for the child [default: the one beside this one]
    #[arg(long)]
    pub service: Option<PathBuf>,
    /// Keep the last core for the client, and leave the others to the child, as if they were two machines
    #[arg(long, conflicts_with = "target")]
    pub apart: bool,
    /// A setting for the child besides the usual ones, as in ROWLOCK_IN_FLIGHT_MAX=256
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = setting, conflicts_with = "target")]
    pub environment: Vec<(String, String)>,
    /// Directory for report.json and report.html
    #[arg(long, default_value = ".")]
    pub report: PathBuf,
}

/// An option that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--{name} {value}: must be {must}")]
pub struct OptionError {
    name: &'static str,
    value: String,
    must: String,
}

impl Options {
    /// What the plan is made from.
    ///
    /// # Errors
    /// The first option that makes no sense.
    pub fn plan(&self) -> Result<PlanOptions, OptionError> {
        within("connections", self.connections, 1, 16_384)?;
        if let Some(times) = self.overload {
            within("overload", times, OVERLOAD.0, OVERLOAD.1)?;
        }
        self.traffic.plan()
    }
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("not NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(crate) fn within<T: PartialOrd + ToString + Copy>(
    name: &'static str,
    value: T,
    least: T,
    most: T,
) -> Result<(), OptionError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(wrong(name, value, format!("from {} to {}", least.to_string(), most.to_string())))
}

pub(crate) fn wrong(name: &'static str, value: impl ToString, must: String) -> OptionError {
    OptionError { name, value: value.to_string(), must }
}

#[cfg(test)]
mod tests {
    use super::Options;
    use clap::Parser;

    fn problem(arguments: &[&str]) -> String {
        let options = Options::try_parse_from(["sim"].iter().chain(arguments)).unwrap();
        options.plan().map_or_else(|error| error.to_string(), |plan| format!("{} events", plan.events))
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (arguments, expected) in [
            (&[][..], "39 events"),
            (&["--tps", "100"], "8 events"),
            (&["--tps", "0"], "--tps 0: must be from 1 to 1000000"),
            (&["--duration", "10ms"], "--duration 0: must be from 1 to 86400"),
            (&["--seats", "150"], "--seats 150: must be a multiple of 100"),
            (&["--seats", "300000"], "--seats 300000: must be from 100 to 200000"),
            (&["--hot", "1.5"], "--hot 1.5: must be from 0 to 1"),
            (&["--events", "0"], "--events 0: must be from 1 to 1024"),
            (&["--find-capacity", "--overload", "1"], "--overload 1: must be from 2 to 100"),
            (&["--buyers", "0"], "--buyers 0: must be from 1 to 1000000"),
        ] {
            assert_eq!(problem(arguments), expected, "{arguments:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for arguments in [
            &["--tps", "many"][..],
            &["--duration", "60"],
            &["--profile", "flat"],
            &["--mix", "steal=1"],
            &["--slo", "p98=1s"],
            &["--target", "http://127.0.0.1:1"],
            &["--trace", "one", "--tps", "10"],
            &["--trace", "one", "--seed", "10"],
            &["--speed", "2"],
            &["--overload", "5"],
        ] {
            assert!(Options::try_parse_from(["sim"].iter().chain(arguments)).is_err(), "{arguments:?}");
        }
    }
}
