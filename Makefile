# Everything here works from a fresh clone on Debian or Ubuntu with a Swift toolchain.

SWIFT ?= swift
STATIC = -c release --static-swift-stdlib -Xlinker -s

.PHONY: help setup setup-peer setup-bench build release man test engine fuzz sanitize faults lint format demo bench bench-build ratios audit peer-bench scale curves memory start beside instructions growth clean

help:
	@echo "make demo      the main job on the shipped sample"
	@echo "make man       the manual pages: .build/man"
	@echo "make test      all tests"
	@echo "make release   the command as it is shipped: .build/release/momentlog"
	@echo "make engine    an engine and programs in another package, on public products alone"
	@echo "make fuzz      the fuzzers; RUNS=1000000 for a thorough run"
	@echo "make sanitize  the reader's tests under the address sanitizer, leaks included"
	@echo "make faults    lets everything fail that can, and counts what is lost"
	@echo "make lint      the formatter's check of the sources"
	@echo "make bench     the benchmarks, and all of: make ratios (against plain C), audit (of a"
	@echo "               long log), peer-bench (against libvirt), scale, memory, start, growth,"
	@echo "               instructions"

# Installs the C libraries and tools that are missing.
setup:
	@scripts/setup

# Installs a real libvirt, which some tests compare with.
setup-peer:
	@scripts/setup-peer

build: setup
	$(SWIFT) build --product momentlog

release: setup
	$(SWIFT) build $(STATIC) --product momentlog

man: build
	scripts/man-pages .build/debug/momentlog .build/man

test: setup fuzz engine
	$(SWIFT) build --build-tests
	@SWIFT=$(SWIFT) scripts/test

# Packages beside this one are built where it is: what they have in common is compiled once.
SHARED = --scratch-path .build

# An engine and programs in a package of their own, which imports nothing but public products.
engine: setup
	$(SWIFT) build --package-path Tests/OtherEngine $(SHARED) --build-tests
	@SWIFT=$(SWIFT) scripts/test --package-path Tests/OtherEngine $(SHARED)

# What fuzzers try in a bounded run, from the inputs that were of interest before. RUNS says
# how many each: 'make fuzz RUNS=1000000' for a thorough one.
RUNS ?= 100000
FUZZ = -runs=$(RUNS) -timeout=1 -rss_limit_mb=256 -print_final_stats=1

fuzz: setup
	$(SWIFT) build --package-path Fuzzing -c release --sanitize=fuzzer
	@scripts/fuzz ReaderFuzz $(FUZZ) -max_len=8192
	@scripts/fuzz RoundTripFuzz $(FUZZ) -max_len=512
	@scripts/fuzz EventLineFuzz $(FUZZ) -max_len=2048

# libxml2 is C: the reader's tests again, where an invalid access or a leak is an error.
SANITIZED = --sanitize=address --scratch-path .build-asan

sanitize: setup
	$(SWIFT) build --build-tests $(SANITIZED)
	ASAN_OPTIONS=detect_leaks=1 $(SWIFT) test --skip-build --disable-xctest $(SANITIZED) --filter CheckpointXMLTests

# Everything that can fail fails, and a table says what came of it. It takes an hour and more.
# What is tried is what is shipped: a release build.
FAULTS ?= calls power memory files kills commands syscalls damage simulation load hostile recovery \
	tampering extremes

faults: setup
	$(SWIFT) build -c release --product momentlog
	$(SWIFT) build -c release --product Faults
	.build/release/Faults --full $(FAULTS)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Migrations Tests Examples Benchmarks/Package.swift Benchmarks/Benchmarks Fuzzing/Package.swift Fuzzing/Sources

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Migrations Tests Examples Benchmarks/Package.swift Benchmarks/Benchmarks Fuzzing/Package.swift Fuzzing/Sources

demo: build
	@scripts/demo .build/debug/momentlog

bench-build: setup
	$(SWIFT) build --package-path Benchmarks $(SHARED)

# How our work compares with a plain C program's, as ratios.
ratios: setup
	$(SWIFT) run --package-path Benchmarks -c release Ratios
	$(SWIFT) run --package-path Benchmarks -c release LogRatios

# What questions to a log of a million events cost, as shares of reading it whole.
audit: setup
	$(SWIFT) run --package-path Benchmarks -c release Audit

# A chain of checkpoints here and in libvirt's test driver; at 5 000 that takes it minutes.
peer-bench: setup-peer release
	$(SWIFT) run --package-path Benchmarks -c release Peer .build/release/momentlog $(COUNTS)

# How work grows with chain, star and comb.
scale: setup
	$(SWIFT) run --package-path Benchmarks -c release Scale shapes $(COUNTS)

# The figures that the documentation's pictures are drawn from, and the pictures.
curves: setup
	$(SWIFT) build --package-path Benchmarks -c release --product Scale
	Benchmarks/.build/release/Scale curves $(COUNTS) >Benchmarks/Results/curves.csv.new
	mv Benchmarks/Results/curves.csv.new Benchmarks/Results/curves.csv
	Benchmarks/scripts/draw.py

# The most memory that replays and scans take.
memory: release
	$(SWIFT) build --package-path Benchmarks -c release --product Scale
	Benchmarks/scripts/memory.py .build/release/momentlog Benchmarks/.build/release/Scale

# From the start of the command to its end, beside SQLite's shell.
start: setup-bench release
	Benchmarks/scripts/start.py .build/release/momentlog

# What a thing more costs when there are ten or a hundred times as many of them.
growth: release
	python3 Benchmarks/scripts/growth.py .build/release/momentlog

# Commands beside a process that reads, writes or is stopped, and alone.
beside: release
	Benchmarks/scripts/beside.py .build/release/momentlog

# Instructions of the command beside committed counts, which no busy machine changes.
instructions: setup-bench release
	Benchmarks/scripts/instructions.py .build/release/momentlog $(RECORD)

setup-bench:
	@scripts/setup-bench

bench: setup ratios audit peer-bench scale memory start growth beside
	$(SWIFT) package --package-path Benchmarks --disable-sandbox benchmark --target Library
	$(MAKE) instructions

clean:
	rm -rf .build .build-asan Benchmarks/.build Fuzzing/.build Tests/OtherEngine/.build
