# SPDX-License-Identifier: GPL-2.0
# `make help` tells the targets and the variables.

O ?= build
V ?= 0
PYTHON ?= /usr/bin/python3
PREFIX ?= /usr/local
CFLAGS ?= -O2
# The kernel tree, or its tools/testing/selftests, whose kselftest_harness.h check-kselftest compiles the cases against.
KSELFTEST ?= $(O)/cache/linux-6.1

ifeq ($(origin CC),default)
CC = $(CROSS_COMPILE)gcc
endif
STRIP = $(CROSS_COMPILE)strip

ifeq ($(V),1)
Q =
say =
else
Q = @
say = @$(if $(findstring s,$(filter-out --%,$(MAKEFLAGS))),,printf '  %-7s %s\n' '$(1)' '$(2)';)
endif

# ---- the C library of what runs on a target: musl, whose start-up asks least of a kernel, where it can be had ----

MUSL_GCC := $(shell command -v musl-gcc 2>/dev/null)
MUSL_INCLUDE := $(firstword $(wildcard /usr/include/*-linux-musl /usr/lib/musl/include))
KERNEL_INCLUDE := $(patsubst %/asm/types.h,%,$(firstword $(wildcard /usr/include/*/asm/types.h)))
CLANG := $(findstring clang,$(notdir $(firstword $(CC))))
LIBC ?= $(if $(CROSS_COMPILE),system,$(if $(MUSL_GCC),musl,system))

ifeq ($(LIBC),musl)
ifeq ($(MUSL_GCC),)
$(error LIBC=musl: there is no musl-gcc; install musl-tools, or take LIBC=system)
endif
COMPILE = $(if $(CLANG),$(CC) -nostdlibinc -isystem $(MUSL_INCLUDE),REALGCC='$(CC)' musl-gcc)
# libcap's header wants the kernel's, which musl does not bring.
COMPILE += -idirafter /usr/include $(addprefix -idirafter ,$(KERNEL_INCLUDE))
LINK = REALGCC='$(if $(CLANG),gcc,$(CC))' musl-gcc
else ifeq ($(LIBC),system)
COMPILE = $(CC)
LINK = $(CC)
else
$(error LIBC is musl or system, not '$(LIBC)')
endif

OWN_CFLAGS = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -g -Wall -Wextra -Werror -Wno-missing-field-initializers $(if $(CLANG),,-Wno-format-truncation) -fno-strict-aliasing -fno-pie -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -Iharness -I.
OWN_LDFLAGS = -static -Wl,--gc-sections

# libcap is used where a static one links; without it, the cases that drop capabilities SKIP and say so. For another machine it is what deps-dev has fetched.
LIBCAPS = $(or $(MMAPCONF_CACHE),build/cache)/libcap
LIBCAP_FETCHED := $(if $(CROSS_COMPILE),$(wildcard $(LIBCAPS)/$(patsubst %-,%,$(notdir $(CROSS_COMPILE)))))
COMPILE += $(LIBCAP_FETCHED:%=-isystem %/include)
LIBCAP_A := $(if $(LIBCAP_FETCHED),$(LIBCAP_FETCHED)/libcap.a,$(shell $(CC) -print-file-name=libcap.a))
try_libcap = printf '\#include <sys/capability.h>\nint main(void) { return cap_free(0); }\n' | \
	$(COMPILE) -x c -c -o $(O)/libcap-try.o - 2>/dev/null && \
	$(LINK) -static -o $(O)/libcap-try $(O)/libcap-try.o $(LIBCAP_A) 2>/dev/null && \
	echo yes || echo no
ifeq ($(filter help clean distclean deps deps-dev,$(MAKECMDGOALS)),)
LIBCAP ?= $(shell mkdir -p $(O); $(try_libcap))
endif
ifeq ($(LIBCAP),yes)
OWN_CFLAGS += -DHAVE_LIBCAP
LIBS = $(LIBCAP_A)
else ifeq ($(if $(CROSS_COMPILE),$(origin LIBCAP)),file)
$(info $(CC) has no libcap, and the tests that want it will skip (make deps-dev fetches it for Debian's cross compilers))
endif

# ---- what there is ----

CASES := $(sort $(wildcard cases/*/*.c))
MISBEHAVING := $(sort $(wildcard tests/misbehave/*.c))
DEADLY := $(sort $(wildcard tests/guest/*.c))
LYING := $(sort $(wildcard tests/lies/*.c))
# The clauses; the other two lists are about them.
SPEC := $(filter-out spec/waived.tsv spec/unrun.tsv,$(sort $(wildcard spec/*.tsv)))
LIB := $(sort $(wildcard lib/*.c lib/*/*.c))
# What a program of one case is made of beside its case; the suite image has all of harness/ but program.c.
HARNESS = harness/output.c harness/crc32.c harness/registry.c harness/harness.c
SUITE = $(filter-out harness/program.c,$(sort $(wildcard harness/*.c)))

CASE_OBJECTS = $(CASES:%.c=$(O)/%.o)
LIB_OBJECTS = $(LIB:%.c=$(O)/%.o)
PROGRAM_OBJECTS = $(HARNESS:%.c=$(O)/%.o) $(O)/harness/program.o
SUITE_OBJECTS = $(SUITE:%.c=$(O)/%.o) $(O)/tables.o $(O)/version.o

PROGRAMS = $(CASES:%.c=$(O)/%)
MISBEHAVING_PROGRAMS = $(MISBEHAVING:%.c=$(O)/%)

.PHONY: all image programs check check-kselftest lint format coverage lies bench install deps deps-dev \
	compile_commands.json misbehaving clean distclean help
.DELETE_ON_ERROR:

all: $(O)/mmapconf programs
programs: $(PROGRAMS)
misbehaving: $(MISBEHAVING_PROGRAMS) $(O)/tests/misbehave/suite $(O)/tests/guest/suite $(O)/tests/lies/suite \
	$(O)/tests/without_syscalls

help:
	@echo 'all (default)      the suite image $(O)/mmapconf and a program for each case'
	@echo 'i386, aarch64      the suite image for that machine, $(O)/MACHINE/mmapconf'
	@echo 'image              $(O)/initramfs.cpio, with the suite image as its /init'
	@echo 'check              everything that the project tests about itself'
	@echo 'check-kselftest    the cases under the kernel'"'"'s own harness header: KSELFTEST=DIR'
	@echo 'lint               style of C and shell, baselines, citations'
	@echo 'coverage           clauses and their cases; REPORTS="DIR..." checks what was run'
	@echo 'lies               which tests notice what a kernel gets wrong, by a build whose calls lie: LIES="GLOB..."'
	@echo 'bench              cost of a test, of a run'
	@echo 'install            below DESTDIR and PREFIX ($(PREFIX))'
	@echo 'deps, deps-dev     install what building, what checking needs'
	@echo 'compile_commands.json, format, clean, distclean'
	@echo 'Variables: CC= CROSS_COMPILE= CFLAGS= LIBC=musl|system LIBCAP=yes|no O=build V=1'

# ---- building ----

# A change of compiler, library or flags builds anew.
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE) $(CFLAGS) $(OWN_CFLAGS) $(LINK) $(LDFLAGS)' | cmp -s - $@ || \
		echo '$(COMPILE) $(CFLAGS) $(OWN_CFLAGS) $(LINK) $(LDFLAGS)' > $@
FORCE:

case_name = $(patsubst tests/%,%,$(patsubst cases/%,%,$(basename $<)))

$(O)/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(COMPILE) $(CFLAGS) $(OWN_CFLAGS) -DMMAPCONF_CASE='"$(case_name)"' -MMD -MP -c -o $@ $<

$(O)/tables.c: harness/clauses.awk $(SPEC) $(CASES)
	@mkdir -p $(@D)
	$(call say,GEN,$@)awk -f harness/clauses.awk $(SPEC) $(CASES) > $@
$(O)/tables.o: $(O)/tables.c $(O)/flags
	$(call say,CC,$<)$(COMPILE) $(CFLAGS) $(OWN_CFLAGS) -c -o $@ $<

# The commit, only where the repository is that of this very tree. Another commit compiles nothing but this anew.
describe = $(if $(wildcard .git),$(shell git --no-optional-locks describe --always --dirty --exclude '*' 2>/dev/null))
$(O)/version.c: FORCE
	@mkdir -p $(@D)
	@echo '#include "suite.h"@const char suite_version[] = MMAPCONF_VERSION "$(addprefix -g,$(describe))";' | \
		tr @ '\n' > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$(O)/version.o: $(O)/version.c harness/suite.h $(O)/flags
	$(call say,CC,$<)$(COMPILE) $(CFLAGS) $(OWN_CFLAGS) -c -o $@ $<

$(O)/lib.a: $(LIB_OBJECTS)
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

$(O)/mmapconf: $(SUITE_OBJECTS) $(CASE_OBJECTS) $(O)/lib.a
	$(call say,LINK,$@)$(LINK) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(PROGRAMS) $(MISBEHAVING_PROGRAMS): %: %.o $(PROGRAM_OBJECTS) $(O)/lib.a
	$(call say,LINK,$@)$(LINK) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The suite image of the programs that misbehave.
$(O)/tests/misbehave/suite: $(SUITE_OBJECTS) $(MISBEHAVING:%.c=$(O)/%.o) $(O)/lib.a
	$(call say,LINK,$@)$(LINK) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The suite image of the programs that take a guest down.
$(O)/tests/guest/suite: $(SUITE_OBJECTS) $(DEADLY:%.c=$(O)/%.o) $(O)/lib.a
	$(call say,LINK,$@)$(LINK) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The suite image whose calls lie (tests/lies/lies.h): those of the cases, and those by which lib/ makes the mappings of a test. What else
# harness/ and lib/ call does not.
LYING_LIB = $(O)/lib/arena.o $(O)/lib/growing.o
LIED_ABOUT = syscall munmap mremap msync remap_file_pages arena_init arena_init_sized arena_free child_fork \
	fsync close read write shmdt mlockall filetimes_set $(foreach name,mmap ftruncate fallocate pread pwrite,$(name) $(name)64)
$(O)/tests/lies/cases.o: $(CASE_OBJECTS) $(LYING_LIB) $(LYING:%.c=$(O)/%.o)
	$(call say,LINK,$@)$(CC) -r -nostdlib -o $@ $(LIED_ABOUT:%=-Wl,--wrap=%) $^
$(O)/tests/lies/suite: $(SUITE_OBJECTS) $(O)/tests/lies/cases.o $(O)/lib.a
	$(call say,LINK,$@)$(LINK) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# Built by the compiler's own library: it needs the kernel's headers, and runs here only.
$(O)/tests/without_syscalls: tests/without_syscalls.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CFLAGS) -D_GNU_SOURCE -Wall -Wextra -Werror -o $@ $<

-include $(wildcard $(O)/*/*.d $(O)/*/*/*.d)

# The kernel unpacks it and starts /init, which is the suite image.
image: $(O)/initramfs.cpio
$(O)/initramfs.cpio: $(O)/mmapconf harness/initramfs.sh
	$(call say,CPIO,$@)$(STRIP) -o $(O)/init $< && \
		sh -euc '. harness/initramfs.sh && init_entries $(O)/init && last_entry' > $@

# The image for another machine, by the cross compiler of Debian.
MACHINES = i386 aarch64
.PHONY: $(MACHINES)
$(MACHINES):
	+$(Q)$(MAKE) --no-print-directory CC='$$(CROSS_COMPILE)gcc' CROSS_COMPILE=$(patsubst i386,i686,$@)-linux-gnu- LIBC=system \
		O=$(O)/$@ $(O)/$@/mmapconf

install: $(O)/mmapconf
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/mmap-conformance
	install -m 755 $(O)/mmapconf $(DESTDIR)$(PREFIX)/bin/mmapconf
	cp -R expected spec docs $(DESTDIR)$(PREFIX)/share/mmap-conformance/

# ---- checking ----

LINUX_SOURCE = /usr/src/linux-source-6.1.tar.xz

VARIANT_MAKE = +$(MAKE) --no-print-directory -s V=0 CROSS_COMPILE=
# Every way to build that has to work: two compilers, two libraries, other machines.
.PHONY: variants
variants: $(MACHINES)
	$(VARIANT_MAKE) CC=gcc LIBC=musl O=$(O)/gcc-musl $(O)/gcc-musl/mmapconf
	$(VARIANT_MAKE) CC=gcc LIBC=system O=$(O)/gcc-glibc $(O)/gcc-glibc/mmapconf
	$(VARIANT_MAKE) CC=clang LIBC=musl O=$(O)/clang-musl $(O)/clang-musl/mmapconf
	$(VARIANT_MAKE) CC=clang LIBC=system O=$(O)/clang-glibc $(O)/clang-glibc/mmapconf

# A make of its own: what deps-dev has just installed was not there when this one looked.
check: $(filter deps-dev,$(MAKECMDGOALS))
	+$(MAKE) --no-print-directory check-all

.PHONY: check-all
check-all: all misbehaving bench-programs variants lint $(if $(wildcard $(LINUX_SOURCE)),$(O)/cache/linux-6.1)
	$(PYTHON) -m pytest -q tests

# The kernel's harness header and its parser of TAP, out of Debian's package of the source.
$(O)/cache/linux-6.1: $(wildcard $(LINUX_SOURCE))
	$(call say,TAR,$@)rm -rf $@ && mkdir -p $@ && tar -C $@ --strip-components=1 -xf $(LINUX_SOURCE) \
		linux-source-6.1/tools/testing/kunit \
		linux-source-6.1/tools/testing/selftests/kselftest.h \
		linux-source-6.1/tools/testing/selftests/kselftest_harness.h

check-kselftest: $(O)/mmapconf $(filter $(O)/cache/linux-6.1,$(KSELFTEST))
	tests/check-kselftest.sh '$(KSELFTEST)' '$(O)'

C_SOURCES = $(wildcard harness/*.[ch] lib/*.[ch] lib/*/*.[ch] cases/*/*.[ch] tests/*.c tests/*/*.[ch])
SH_SOURCES = runner.sh $(wildcard harness/*.sh harness/targets/* tests/*.sh)

lint: $(O)/mmapconf
	@clang-format --dry-run --Werror $(C_SOURCES)
	@shellcheck -x $(SH_SOURCES)
	@awk -v lint=1 -f harness/clauses.awk $(SPEC) $(CASES) > /dev/null
	@$(O)/mmapconf compare --baselines expected --lint

format:
	clang-format -i $(C_SOURCES)

coverage: $(O)/mmapconf
	@$(O)/mmapconf list --json > $(O)/list.json
	@$(PYTHON) harness/report/coverage.py $(O)/list.json $(REPORTS)

lies: $(O)/tests/lies/suite
	@$(PYTHON) tests/lies.py --image $< $(O)/lies/host $(foreach lie,$(LIES),'$(lie)')

BENCH_PROGRAMS = $(O)/tests/bench/tests $(O)/tests/bench/bare $(O)/tests/bench/power_off $(O)/tests/bench/matrix
$(O)/tests/bench/tests: $(O)/tests/bench/tests.o $(PROGRAM_OBJECTS)
	$(call say,LINK,$@)$(LINK) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^
$(O)/tests/bench/matrix: $(O)/tests/bench/matrix.o $(HARNESS:%.c=$(O)/%.o) $(O)/lib.a
	$(call say,LINK,$@)$(LINK) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
$(O)/tests/bench/bare $(O)/tests/bench/power_off: %: %.o
	$(call say,LINK,$@)$(LINK) $(OWN_LDFLAGS) $(LDFLAGS) -o $@ $^
# Part of check, lest they fall behind what they measure.
.PHONY: bench-programs
bench-programs: $(BENCH_PROGRAMS)
bench: all bench-programs $(filter $(O)/cache/linux-6.1,$(KSELFTEST))
	@mkdir -p $(O)/bench
	@$(PYTHON) tests/bench.py '$(O)' '$(KSELFTEST)'

# By it --shard deals out the cases. REPORTS: report folders of the whole suite.
.PHONY: costs
costs:
	@mkdir -p $(O)
	@$(PYTHON) harness/report/costs.py $(REPORTS) > $(O)/costs.h && mv $(O)/costs.h harness/costs.h

deps:
	harness/deps.sh
deps-dev:
	harness/deps.sh --dev
	harness/libcap.sh '$(LIBCAPS)' || :

compile_commands.json:
	$(Q)$(MAKE) --no-print-directory -n -B V=1 all LIBC=system O=$(O) | \
		awk -v dir='$(CURDIR)' -f tests/compile_commands.awk > $@

clean:
	rm -rf $(filter-out $(O)/cache,$(wildcard $(O)/*))
distclean:
	rm -rf $(O) compile_commands.json
