# All targets work in a fresh clone on Debian or Ubuntu with a Swift toolchain.

SWIFT ?= swift
# What is tested is optimized, as what is shipped is: the tests run the command thousands of times.
# Packages beside this one are built in the same place: what they have in common is compiled once.
TESTED = -c release -Xswiftc -enable-testing -Xswiftc -DSABOTAGE --scratch-path .build/tested
STATIC = -c release --static-swift-stdlib -Xlinker -s
# The library is built without what only the command depends on, unless this is given.
COMMAND = --traits CommandLine

.PHONY: help setup setup-peer setup-bench build release man docs reference test engine dependent fuzz sanitize sanitize-addresses sanitize-threads faults lint format demo bench bench-build ratios audit peer-bench pull-bench scale curves memory start beside instructions growth clean

help:
	@echo "make demo      run the main tasks on the shipped sample"
	@echo "make man       build the manual pages in .build/man"
	@echo "make docs      build the documentation in .build/docs/momentlog.doccarchive"
	@echo "make reference update the command reference from the help"
	@echo "make test      run all tests"
	@echo "make release   build .build/release/momentlog as it is shipped"
	@echo "make engine    check the event log contract with an engine in another package"
	@echo "make fuzz      run the fuzzers; RUNS=1000000 for a thorough run"
	@echo "make sanitize  run the reader's tests under the address and leak sanitizers, and those"
	@echo "               with several threads under the thread sanitizer"
	@echo "make faults    inject faults everywhere, and count what is lost"
	@echo "make lint      check the format of the sources"
	@echo "make bench     run the benchmarks, and: make ratios (against plain C), audit (of a"
	@echo "               long log), peer-bench, pull-bench (against libvirt), scale, memory, start, growth,"
	@echo "               instructions"

# Installs the C libraries and tools that are missing.
setup:
	@scripts/setup

# Installs a real libvirt, with which some tests compare.
setup-peer:
	@scripts/setup-peer

build: setup
	$(SWIFT) build $(COMMAND) --product momentlog

release: setup
	$(SWIFT) build $(COMMAND) $(STATIC) --product momentlog

man: build
	scripts/man-pages .build/debug/momentlog .build/man

# The documentation of all public modules, from a build; DocC's warnings are errors.
docs: setup
	$(SWIFT) build $(COMMAND) $(TESTED)
	scripts/docs .build/tested/release .build/docs

# The page that a test compares with the help.
reference: build
	scripts/command-reference .build/debug/momentlog >Sources/Momentlog/Momentlog.docc/CommandReference.md

test: setup fuzz engine dependent
	$(SWIFT) build $(COMMAND) $(TESTED) --build-tests
	@SWIFT=$(SWIFT) scripts/test $(COMMAND) $(TESTED)

# An engine and programs in a package of their own, which imports nothing but public products.
engine: setup
	$(SWIFT) build --package-path Tests/OtherEngine $(TESTED) --build-tests
	@SWIFT=$(SWIFT) scripts/test --package-path Tests/OtherEngine $(TESTED)

# A package that depends on this one, as the fuzzers' does, does not resolve what only the command
# needs.
dependent:
	@resolved=$$($(SWIFT) package --package-path Fuzzing show-dependencies) && \
	case $$resolved in \
	*argument-parser*) echo "a dependent package resolves swift-argument-parser" >&2; exit 1 ;; \
	*grdb*) ;; \
	*) echo "the dependencies of a dependent package are not listed: $$resolved" >&2; exit 1 ;; \
	esac

# A bounded run of the fuzzers, starting from earlier interesting inputs. RUNS is the number of
# runs of each, and SEED decides on the inputs, so that a failure can be repeated: 'make fuzz
# RUNS=1000000 SEED=0' for a thorough run with others each time.
RUNS ?= 100000
SEED ?= 1
FUZZ = -runs=$(RUNS) -seed=$(SEED) -timeout=1 -rss_limit_mb=256 -print_final_stats=1

fuzz: setup
	$(SWIFT) build --package-path Fuzzing -c release --sanitize=fuzzer
	@scripts/fuzz ReaderFuzz $(FUZZ) -max_len=8192
	@scripts/fuzz RoundTripFuzz $(FUZZ) -max_len=512
	@scripts/fuzz EventLineFuzz $(FUZZ) -max_len=2048

# libxml2 is C: runs the reader's tests with invalid accesses and leaks as errors.
SANITIZED = --sanitize=address --scratch-path .build-asan

sanitize: sanitize-addresses sanitize-threads

sanitize-addresses: setup
	$(SWIFT) build $(COMMAND) --build-tests $(SANITIZED)
	ASAN_OPTIONS=detect_leaks=1 $(SWIFT) test $(COMMAND) --skip-build --disable-xctest $(SANITIZED) --filter CheckpointXMLTests

# The tests with several threads, under the thread sanitizer. It takes about ten minutes.
sanitize-threads: setup
	$(SWIFT) build $(COMMAND) --build-tests --sanitize=thread --scratch-path .build-tsan
	@SWIFT=$(SWIFT) scripts/sanitize-threads .build-tsan

# Injects every kind of fault, and prints a table of the results. It takes more than an hour. It
# tests what is shipped: a release build.
FAULTS ?= calls power memory files kills commands syscalls damage simulation load hostile recovery \
	tampering extremes opponent arguments

faults: setup
	$(SWIFT) build $(COMMAND) -c release --product momentlog
	$(SWIFT) build $(COMMAND) -c release --product Faults
	.build/release/Faults --full $(FAULTS)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Migrations Tests Examples Benchmarks/Package.swift Benchmarks/Benchmarks Fuzzing/Package.swift Fuzzing/Sources

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Migrations Tests Examples Benchmarks/Package.swift Benchmarks/Benchmarks Fuzzing/Package.swift Fuzzing/Sources

demo: build
	@scripts/demo .build/debug/momentlog

bench-build: setup
	$(SWIFT) build --package-path Benchmarks $(TESTED)

# Compares the library with plain C programs, as ratios.
ratios: setup
	$(SWIFT) run --package-path Benchmarks -c release Ratios
	$(SWIFT) run --package-path Benchmarks -c release LogRatios

# The cost of queries of a log of a million events, as shares of reading it completely.
audit: setup
	$(SWIFT) run --package-path Benchmarks -c release Audit

# A chain of checkpoints here and in libvirt's test driver, which takes minutes for 5 000.
peer-bench: setup-peer release
	$(SWIFT) run --package-path Benchmarks -c release Peer .build/release/momentlog $(COUNTS)

# The first pull from a real libvirt, beside libvirt's own binding; COUNTS are domains and
# checkpoints.
pull-bench: setup-peer release
	/usr/bin/python3 Benchmarks/scripts/pull.py .build/release/momentlog $(COUNTS)

# The growth of the time for chain, star and comb.
scale: setup
	$(SWIFT) run --package-path Benchmarks -c release Scale shapes $(COUNTS)

# The figures for the documentation's pictures, and the pictures.
curves: setup
	$(SWIFT) build --package-path Benchmarks -c release --product Scale
	Benchmarks/.build/release/Scale curves $(COUNTS) >Benchmarks/Results/curves.csv.new
	mv Benchmarks/Results/curves.csv.new Benchmarks/Results/curves.csv
	Benchmarks/scripts/draw.py

# The peak memory of replays and scans.
memory: release
	$(SWIFT) build --package-path Benchmarks -c release --product Scale
	Benchmarks/scripts/memory.py .build/release/momentlog Benchmarks/.build/release/Scale

# The time from start to end of the command, compared with SQLite's shell.
start: setup-bench release
	Benchmarks/scripts/start.py .build/release/momentlog

# The cost of one more item when there are ten or a hundred times as many.
growth: release
	python3 Benchmarks/scripts/growth.py .build/release/momentlog

# Commands beside a process that reads, writes or is stopped, and alone.
beside: release
	Benchmarks/scripts/beside.py .build/release/momentlog

# Instruction counts of the command, which do not depend on the load, against committed ones.
instructions: setup-bench release
	Benchmarks/scripts/instructions.py .build/release/momentlog $(RECORD)

setup-bench:
	@scripts/setup-bench

bench: setup ratios audit peer-bench pull-bench scale memory start growth beside
	$(SWIFT) package --package-path Benchmarks --disable-sandbox benchmark --target Library
	$(MAKE) instructions

clean:
	rm -rf .build .build-asan .build-tsan Benchmarks/.build Fuzzing/.build Tests/OtherEngine/.build
