# Everything here works on a fresh clone; what is missing is installed or named in one line.
.PHONY: run test bench check sim fmt

# The service on http://127.0.0.1:8000 with a demo event on sale; data in ./data.
run:
	@scripts/toolchain.sh
	cargo run --profile ci --package rowlock --bin rowlock -- serve --demo

# Every test: unit, property, contract, whole system, OpenAPI, instruction counts.
test:
	@scripts/toolchain.sh
	scripts/test.sh

# Ratios, not promises: each figure stands beside another one of the same run.
bench:
	@scripts/toolchain.sh
	scripts/bench.sh

# The traffic of an on-sale against a service of its own; SIM="--tps 2000 --duration 10s" asks for something else.
sim:
	@scripts/toolchain.sh
	cargo build --profile ci --package rowlock --package rowlock-sim
	$${CARGO_TARGET_DIR:-target}/ci/sim $(SIM)

# Formatting and lints, warnings denied; and that the engine stays pure.
check:
	@scripts/toolchain.sh
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	cargo clippy --package rowlock-engine -- -D warnings
	scripts/purity.sh

fmt:
	cargo fmt --all
