# Everything here works from a fresh clone on Debian or Ubuntu with a Swift toolchain.

SWIFT ?= swift
STATIC = -c release --static-swift-stdlib -Xlinker -s

.PHONY: help setup build release test lint format demo bench bench-build clean

help:
	@echo "make demo      the main job on the shipped sample"
	@echo "make test      all tests"
	@echo "make release   the command as it is shipped: .build/release/momentlog"
	@echo "make lint      the formatter's check of the sources"
	@echo "make bench     the benchmarks"

# Installs the C libraries and tools that are missing.
setup:
	@scripts/setup

build: setup
	$(SWIFT) build --product momentlog

release: setup
	$(SWIFT) build $(STATIC) --product momentlog

test: setup
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Migrations Tests Examples Benchmarks/Package.swift Benchmarks/Benchmarks

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Migrations Tests Examples Benchmarks/Package.swift Benchmarks/Benchmarks

demo: build
	@scripts/demo .build/debug/momentlog

bench-build: setup
	$(SWIFT) build --package-path Benchmarks

bench: setup
	$(SWIFT) package --package-path Benchmarks --disable-sandbox benchmark

clean:
	rm -rf .build Benchmarks/.build
