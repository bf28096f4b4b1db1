//! Switches to another version of the rules, once every task knows it.

use crate::outcome::Change;
use crate::refusal::Refusal;
use crate::shard::{RULES_CURRENT, RULES_OLDEST, Shard};

pub(crate) fn decide(version: u32) -> Result<u32, Refusal> {
    let known = (RULES_OLDEST..=RULES_CURRENT).contains(&version);
    if known { Ok(version) } else { Err(Refusal::UnknownRules { version }) }
}

pub(crate) fn commit(shard: &mut Shard, version: u32) -> Change {
    shard.set_rules(version);
    Change::RulesSet { version }
}
