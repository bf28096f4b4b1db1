#!/usr/bin/env bash
# Every benchmark, one after the other: they would only disturb each other.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo bench --package rowlock-benches --bench engine
cargo bench --package rowlock-benches --bench memory
cargo bench --package rowlock-service-benches
