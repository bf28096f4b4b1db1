#!/usr/bin/env bash
# Counts the instructions of the engine's hot paths and holds them against benches/instructions-baseline.json.
# `--update` writes the baseline anew. Installs valgrind and the runner where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
tools=$target/tools
export PATH="$tools/bin:$PATH"

if ! command -v valgrind >/dev/null; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "instructions: valgrind is missing; install it (Debian: apt-get install valgrind)" >&2
        exit 1
    fi
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends valgrind libc6-dbg >/dev/null
fi

# The runner has to be of the library's own version.
version=$(grep -A1 '^name = "gungraun"$' Cargo.lock | sed -n 's/^version = "\(.*\)"$/\1/p')
if [ "$(gungraun-runner --version 2>/dev/null)" != "gungraun-runner $version" ]; then
    # Unoptimised: it only starts valgrind and reads what that wrote.
    cargo install --quiet --locked --debug --version "=$version" --root "$tools" gungraun-runner
fi

counted=$target/instructions.json
cargo bench --quiet --locked --package rowlock-benches --profile ci --bench instructions -- \
    --output-format=json --parallel=2 >"$counted"
cargo run --quiet --locked --package rowlock-benches --profile ci --bin instruction_gate -- \
    benches/instructions-baseline.json "$counted" "$@"
