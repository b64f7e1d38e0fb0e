# SPDX-License-Identifier: BSD-2-Clause
# One front door; the logic is in scripts beside what they serve.

KERNEL ?= patched
CONFIG ?= small
DESTDIR ?=
prefix ?= /usr

.DEFAULT_GOAL := help
.PHONY: help setup demo check kernel-tree kernel userspace selftests vm kselftest patches \
	refresh check-patches check-series check-debug check-oldest check-system check-walls check-kselftests check-sanitizers coverage \
	bench fuzz tables lint install clean

help:	## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup:	## install the missing Debian packages (root or sudo)
	@tools/setup

demo: setup userspace	## two virtual servers in two jails, shown in a guest
	@qemu-images/demo/run

check: setup	## all tests; ends with 'N passed, N failed, N skipped'
	@tools/check

kernel-tree: setup	## the kernel's git tree, with the series as a branch
	@kernel-patches/tools/tree

kernel: setup	## a guest kernel (KERNEL=patched|stock, CONFIG=small|suite|debug)
	@mkdir -p build
	@ln -sfn "$$(qemu-images/kernel --kernel $(KERNEL) --config $(CONFIG))" build/kernel-$(KERNEL)-$(CONFIG)
	@ls -L build/kernel-$(KERNEL)-$(CONFIG)/bzImage

userspace: setup	## the library and the programs, in build/userspace
	@tools/userspace

selftests: setup	## the kernel selftests, in build/selftests
	@tools/selftests

vm: selftests userspace	## an interactive shell in a guest (Ctrl-A X leaves)
	@qemu-images/run --kernel $(KERNEL) --shell

kselftest: selftests userspace	## kernel selftests in a guest (T='NAME...' selects)
	@qemu-images/kselftest $(T)

patches: setup	## the branch of the git tree to patch files
	@kernel-patches/tools/export

refresh: setup	## move the series to the newest version of the kernel line
	@kernel-patches/tools/refresh

check-patches: setup	## the patch files are whole and apply
	@kernel-patches/tools/check

check-series: setup	## every patch builds, with the option off and on
	@kernel-patches/tools/check-series

check-debug: selftests userspace	## kernel selftests on the debug kernel, and a leak scan
	@qemu-images/kselftest --kernel debug

check-oldest: selftests userspace	## jailtrace, jailtop and events on the oldest 6.12.y that the archive has
	@qemu-images/kselftest --kernel oldest monitor_guest event reason

check-system: userspace	## ten jails with Debian's services, in a guest with systemd (needs root)
	@qemu-images/check-system

check-walls: selftests	## remove each wall from the kernel, and see which tests notice
	@kernel-patches/tools/check-walls

bench: selftests userspace	## what jails cost, in guests (S='SECTION...' selects, RECORD=1 keeps it)
	@qemu-images/bench/run $(if $(RECORD),--record) $(S)

tables:		## write the tables of Documentation/security from the last runs
	@tools/tables

check-kselftests: setup	## the kernel's own selftests: the same results, stock and patched?
	@qemu-images/compare-kselftests

check-sanitizers: setup	## the tests of userspace with AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/check-sanitizers

coverage: setup	## the lines of userspace that its tests execute
	@tools/coverage

fuzz: setup	## libFuzzer on the parser of jail.conf(5), for 10 minutes
	@tools/fuzz

lint: userspace	## checkpatch, sparse, W=1, formats, clang-tidy, shellcheck, manual pages
	@tools/lint

install: userspace	## install the programs (DESTDIR, prefix)
	@tools/userspace --install "$(DESTDIR)" "$(prefix)"

clean:	## remove build/ (the cache stays: see README)
	@rm -rf build
