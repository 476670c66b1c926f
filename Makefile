# SPDX-License-Identifier: GPL-3.0-or-later
# The few things that one does with this project. Each installs what it needs first.

PROGRAMS = -p server -p disk-image -p driver-package -p agent -p driver-client
OUTPUT   = $(or $(CARGO_TARGET_DIR),target)
LISTEN   = 127.0.0.1:8088
DATA     = $(CURDIR)/data

.DEFAULT_GOAL = help
.PHONY: help deps build windows run test check demo bench screenshots

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

deps: ## Install what is missing on this machine (apt), saying what and why
	@scripts/install-deps.sh

build: deps ## Build the web console and the programs (release) into target/release
	@scripts/console.sh build
	cargo build --release --locked $(PROGRAMS)

windows: deps ## Build driver-client.exe, for the users of printers, from here
	@scripts/windows.sh build

run: build ## Start the server on 127.0.0.1:8088 with its data in ./data
	@$(OUTPUT)/release/driver-center serve --listen $(LISTEN) --data-dir $(DATA)

test: deps ## Build everything and run all tests, also beside a real MariaDB, Glance and browser
	cargo test --locked --workspace
	cargo xtask mariadb
	cargo xtask glance
	cargo xtask schemathesis
	cargo xtask fuzz
	@scripts/console.sh test

check: deps ## All of CI: format, lints, tests, own checks, documentation
	cargo xtask check

demo: deps ## A server and two terminals on this machine, from import to identical disks
	cargo xtask demo

bench: deps ## Measure
	cargo xtask bench

screenshots: deps ## Make the pictures of the console in docs/images anew
	cargo build --locked $(PROGRAMS)
	@scripts/console.sh screenshots
