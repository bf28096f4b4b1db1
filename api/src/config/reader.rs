//! Reads one variable after the other, and notes what came of each.

use super::ConfigError;
use super::values::Secret;
use std::fmt;

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// The environment.
    Environment,
}

/// One line of `rowlock config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The variable.
    pub name: &'static str,
    /// Its value; a mask where it is secret.
    pub value: String,
    /// Where it came from.
    pub source: Source,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            Source::Default => "default",
            Source::Environment => "environment",
        };
        write!(f, "{} = {} ({source})", self.name, self.value)
    }
}

pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    shown: Vec<Shown>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, shown: Vec::new() }
    }

    /// The variable `name`, or what `default` stands for.
    pub(super) fn value<T>(
        &mut self,
        name: &'static str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let (text, source) = match self.given(name) {
            Some(text) => (text, Source::Environment),
            None => (default.to_owned(), Source::Default),
        };
        let value = parse(&text).map_err(|problem| ConfigError { name: name.to_owned(), problem })?;
        self.shown.push(Shown { name, value: text, source });
        Ok(value)
    }

    /// A variable that nobody may see, and that may be missing. Not even its error repeats it.
    pub(super) fn secret(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<Secret, String>,
    ) -> Result<Option<Secret>, ConfigError> {
        let Some(text) = self.given(name) else {
            let value = "(generated, kept in the database)".to_owned();
            self.shown.push(Shown { name, value, source: Source::Default });
            return Ok(None);
        };
        let secret = parse(&text).map_err(|problem| ConfigError { name: name.to_owned(), problem })?;
        self.shown.push(Shown { name, value: "********".to_owned(), source: Source::Environment });
        Ok(Some(secret))
    }

    pub(super) fn into_shown(self) -> Vec<Shown> {
        self.shown
    }

    fn given(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|text| !text.is_empty())
    }
}
