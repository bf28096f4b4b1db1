#!/usr/bin/env bash
# Every test there is. What a part needs and the machine lacks is installed by that part's own script.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --workspace --no-fail-fast
scripts/openapi.sh
scripts/instructions.sh
