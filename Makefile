# The commands of this project. `make` alone lists them.
#
# Every target that builds first runs scripts/install-build-deps, which returns at once when nothing is missing.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

# Which configuration `make run` starts with, and what else to pass to the agent:
#   make run CONFIG=my.xml ARGS='--output file:/tmp/events.xml --format xml'
CONFIG ?= packaging/config/default.xml
ARGS ?=

# How long `make fuzz` runs each target, in seconds.
FUZZ_SECONDS ?= 60

.PHONY: help
help: ## List these commands
	@echo 'tuxmon: records what happens on a Linux machine, as Sysmon does.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'To begin: make run. Ctrl-C ends it. README.md explains what you see.'

.PHONY: run
run: build ## Build, then watch this machine: events to the terminal until Ctrl-C (needs root or sudo)
	@exec scripts/run-agent '$(CONFIG)' $(ARGS)

.PHONY: build
build: deps ## Build the release binary
	@cargo build --release --locked --package tuxmon

.PHONY: test
test: deps ## Run every test; the live ones too where this machine allows it
	@exec scripts/run-tests

# ARGS as `cargo xtask kernels --help` lists them: make test-kernels ARGS='--kernel 6.12 --tier deep'
.PHONY: test-kernels
test-kernels: deps ## Run the live tests on Debian's kernels in an emulator
	@exec scripts/test-kernels $(ARGS)

.PHONY: test-heavy
test-heavy: deps ## Run the floods and the attempts to blind the agent in full length (root; minutes, all processors)
	@for chapter in overload blinding selftest gaps; do \
	    TUXMON_HEAVY=1 cargo test --profile budget --locked --package tuxmon --test live -- $$chapter:: --nocapture || exit 1; done

.PHONY: test-clickhouse
test-clickhouse: deps ## Run the hunts on ClickHouse: an old engine, a modern one and a cluster, which it brings (1.1 GB)
	@exec scripts/test-clickhouse

# ARGS as `cargo xtask vm --help` lists them: make test-vm ARGS='--system sysvinit'
.PHONY: test-vm
test-vm: deps ## Test the package on real systems in an emulator: systemd and sysvinit (needs root)
	@exec scripts/test-vm $(ARGS)

# ARGS as `cargo xtask attack --help` lists them: make test-attack ARGS='--only T1053'
.PHONY: test-attack
test-attack: deps ## Run attacks of the test data in an emulator, and look for their events and alerts (needs root)
	@exec scripts/test-attack $(ARGS)

# ARGS as `cargo xtask bench --help` lists them: make bench ARGS='--quick --peer "other=start it,stop it"'
.PHONY: bench
bench: build ## Measure what the agent costs, beside nobody and others (needs root; at most 15 minutes)
	@cargo xtask bench $(ARGS)

# ARGS as `cargo xtask bench-hunt --help` lists them
.PHONY: bench-hunt
bench-hunt: deps ## Measure tuxmon-hunt beside grep, jq, DuckDB and sigma-cli, which it brings (minutes)
	@exec scripts/bench-hunt $(ARGS)

.PHONY: lint
lint: deps ## Formatting, clippy, documentation, licences, generated files
	@exec scripts/lint

.PHONY: docs
docs: deps ## Build the API documentation into target/doc
	@RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked --document-private-items

.PHONY: fuzz
fuzz: deps ## Run each fuzz target for FUZZ_SECONDS (default 60; needs nightly Rust and cargo-fuzz)
	@exec scripts/run-fuzzers $(FUZZ_SECONDS)

.PHONY: dist
dist: deps ## Build .deb, .rpm and .tar.gz into dist/, with checksums and an SBOM
	@exec scripts/make-dist

.PHONY: test-packages
test-packages: dist ## Make the packages, then install, update, replace and remove them on copies of this system
	@exec scripts/test-packages

.PHONY: deps
deps: ## Install what the build needs and is missing, and say what and why first
	@exec scripts/install-build-deps

.PHONY: clean
clean: ## Remove everything that was built
	@cargo clean
