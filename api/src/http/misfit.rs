//! What serde says about a value that does not fit, by the field that a client knows.

use crate::problem::FieldError;

/// The misfit at `path`, as the tracker writes it, about which serde says `message`.
pub(super) fn misfit(path: &str, message: &str) -> FieldError {
    // Where there is no path, the tracker writes a dot.
    let path = if path == "." { "" } else { path };
    let quoted = |text: &str| text.split_once('`').map(|(name, _)| name.to_owned());
    let Some(name) = message.strip_prefix("missing field `").and_then(quoted) else {
        return FieldError::new(path, message);
    };
    let field = if path.is_empty() { name } else { format!("{path}.{name}") };
    FieldError::new(field, "is missing")
}

/// What `error` says, without the place that the field's name says better.
pub(super) fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}
