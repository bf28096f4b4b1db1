#!/usr/bin/env bash
# The engine without its actors must stay free of runtimes and of chance: a rule that no compiler checks.
set -euo pipefail
cd "$(dirname "$0")/.."

tree=$(cargo tree --locked -p rowlock-engine -e normal --no-default-features --prefix none)
if found=$(grep -E '^((tokio|ractor)([-_][a-z_-]+)?|rand|getrandom|chrono|time) v' <<<"$tree"); then
  echo "rowlock-engine without features must not depend on: ${found//$'\n'/, }" >&2
  echo "make the dependency optional, behind the feature 'actors'" >&2
  exit 1
fi
echo "rowlock-engine without features is pure: no runtime, no clock, no chance"
