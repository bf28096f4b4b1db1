//! `rowlock apikey`: works beside a running service, on the same database.

use super::say;
use crate::auth::new_key;
use crate::config::Config;
use crate::http::time::{now, rfc3339};
use clap::Subcommand;
use rowlock_persistence::sql::{ApiKeyId, Database, NewApiKey};
use std::error::Error;

/// What can be done with keys.
#[derive(Subcommand)]
pub enum ApiKeyCommand {
    /// Make a key. It is shown this once.
    Create {
        /// What it is for.
        #[arg(long, value_parser = name)]
        name: String,
    },
    /// List all keys, the newest first.
    List,
    /// Revoke a key for good; running services notice within ten seconds.
    Revoke {
        /// As `list` shows it.
        id: i64,
    },
}

/// Characters of a key's name.
const NAME_CHARACTERS_MAX: usize = 100;

fn name(text: &str) -> Result<String, String> {
    let is_name = !text.trim().is_empty() && text.chars().count() <= NAME_CHARACTERS_MAX;
    // A list has a line for each key.
    if is_name && !text.contains(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(format!("a name has 1 to {NAME_CHARACTERS_MAX} printable characters"))
}

/// Makes, lists or revokes keys.
///
/// # Errors
/// What is wrong, where, and what to do.
pub async fn api_key(config: Config, command: ApiKeyCommand) -> Result<(), Box<dyn Error>> {
    let made = std::fs::create_dir_all(&config.data_dir);
    made.map_err(|error| format!("ROWLOCK_DATA_DIR: {} cannot be made: {error}", config.data_dir.display()))?;
    let database = Database::open_sqlite(&config.database_file()).await?;
    let done = carry_out(&database, command).await;
    database.close().await;
    done
}

async fn carry_out(database: &Database, command: ApiKeyCommand) -> Result<(), Box<dyn Error>> {
    match command {
        ApiKeyCommand::Create { name } => {
            let key = new_key();
            let new = NewApiKey { name, key_hash: key.hash, prefix: key.prefix, created_at: now() };
            database.create_api_key(new).await?;
            say(&key.secret)?;
        }
        ApiKeyCommand::List => {
            for key in database.list_api_keys().await? {
                let revoked = key.revoked_at.map_or_else(String::new, |at| format!("  revoked {}", rfc3339(at)));
                let (id, prefix, made) = (key.id.0, &key.prefix, rfc3339(key.created_at));
                say(&format!("{id:>4}  {prefix}…  {made}  {}{revoked}", key.name))?;
            }
        }
        ApiKeyCommand::Revoke { id } => {
            if !database.revoke_api_key(ApiKeyId(id), now()).await? {
                return Err(format!("there is no key {id} that could be revoked; see rowlock apikey list").into());
            }
            say(&format!("key {id} is revoked"))?;
        }
    }
    Ok(())
}
