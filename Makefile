# The one entry point. `make help` lists what there is.

CARGO ?= cargo
.DEFAULT_GOAL := help
.PHONY: help demo test test-wire test-rest test-busy bench powercut mutants build core-test deb image image-test clean packages packages-window packages-image rust

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: packages-window rust ## Build and open the kiosk with simulated devices
	$(CARGO) build --release --locked
	target/release/kuaiban demo

test: packages rust ## Formatter, linter, all tests
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- --deny warnings
	$(CARGO) test --locked --no-run
	$(MAKE) --no-print-directory --output-sync=target --jobs=2 test-wire test-rest

# Those at the wire wait for most of their time: they go beside all others, whose names begin with
# another letter.
test-wire:
	$(CARGO) test --locked --test wire
test-rest:
	$(CARGO) test --locked --lib --bins --test '[!w]*'

core-test: rust ## Tests of the rooms that need no screen: quick
	$(CARGO) test --locked --no-default-features --features simulators

test-busy: packages rust ## All tests on a machine that is busy: takes an hour
	CARGO='$(CARGO)' tests/busy

bench: packages rust ## Measure the figures of the README, as a table
	@.ci/packages < .ci/packages.bench
	$(CARGO) bench --locked --bench figures

powercut: packages rust ## Power cuts on random work until stopped, or ROUNDS=n (as root)
	KUAIBAN_POWERCUT_ROUNDS=$(ROUNDS) $(CARGO) test --locked --no-default-features --features simulators \
	  --test powercut -- --ignored --nocapture

ROOMS ?= domain case visit store platform slip screen
mutants: packages rust ## Tests of the tests, a room at a time: SHARD=k/n ROOMS='store visit'
	SHARD=$(or $(SHARD),0/1) tests/mutants $(ROOMS)

build: packages rust ## Build the release binary
	$(CARGO) build --release --locked

deb: packages-image ## Debian packages of the appliance, amd64 and arm64 (as root)
	kiosk-image/build deb

image: packages-image ## Image of the appliance: see kiosk-image/README.md (as root)
	kiosk-image/build image

image-test: packages-image ## Names of the ports; boot the image in an emulator and use it (as root)
	kiosk-image/build current virt
	$(MAKE) --no-print-directory build
	kiosk-image/build workshop python3 /src/tests/image/udev-check
	tests/image/run

clean: ## Remove what was built
	$(CARGO) clean

packages:
	@.ci/packages < .ci/packages.build

packages-image:
	@.ci/packages < .ci/packages.image

packages-window: packages
	@.ci/packages < .ci/packages.window

rust:
	@command -v $(CARGO) >/dev/null || { \
	  echo 'no cargo: install Rust 1.95 or newer (https://rustup.rs)' >&2; exit 1; }
