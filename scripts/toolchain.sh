#!/usr/bin/env bash
# Says in one line what is missing to build, or nothing.
set -euo pipefail
needed=1.95
if ! command -v cargo >/dev/null; then
  echo "Rust $needed or newer is needed and cargo was not found: install it from https://rustup.rs, then run this again" >&2
  exit 1
fi
found=$(rustc --version | cut -d' ' -f2)
if [ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n1)" != "$needed" ]; then
  echo "Rust $needed or newer is needed, this is $found: run 'rustup update stable', then run this again" >&2
  exit 1
fi
if ! command -v cc >/dev/null; then
  echo "a C compiler is needed (SQLite is built from source): install gcc or clang, then run this again" >&2
  exit 1
fi
