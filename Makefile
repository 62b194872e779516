# SPDX-License-Identifier: GPL-3.0-or-later
#
# make             builds build/nsctl (V=1 shows the commands)
# make deps        installs what the build needs (or prints the line to run)
# make demo        builds, starts two sandboxes, shows what a container is
# make check       every test that can run here; see tests/README.md
# The rest: lint asan fuzz coverage bench install uninstall dist format clean

O        ?= build
V        ?=
Q        := $(if $(V),,@)
say       = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))
PREFIX   ?= /usr/local
DESTDIR  ?=
BINDIR   ?= $(PREFIX)/bin
MANDIR   ?= $(PREFIX)/share/man
VERSION  := $(shell cat VERSION)

CC       ?= cc
CSTD     := -std=gnu17
WARN     := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wno-format-nonliteral -Wstrict-prototypes -Wmissing-prototypes
WERROR   ?= $(if $(CI),-Werror,)
HARDEN   ?= -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2 -fPIE
HARDLINK ?= -pie -Wl,-z,relro,-z,now,-z,noexecstack
OPTIM    ?= -O2 -g
CFLAGS   ?= $(OPTIM)
SANITIZE ?=
# Ours are quoted: include/sys must not stand before the C library's <sys/...>.
OWN      := -iquote include
ALL_CFLAGS  = $(CSTD) $(WARN) $(WERROR) $(CFLAGS) $(HARDEN) $(SANITIZE) -D_GNU_SOURCE -DNSCTL_VERSION='"$(VERSION)"' \
	$(OWN)
ALL_LDFLAGS = $(LDFLAGS) $(HARDLINK) $(SANITIZE)

# A library from its .a where the distribution has one: starting costs less, see docs/ARCHITECTURE.md.
static = $(if $(findstring /,$(shell $(CC) -print-file-name=lib$(1).a 2>/dev/null)),-l:lib$(1).a,-l$(1))
LIBS  := $(foreach lib,seccomp json-c yaml cap,$(call static,$(lib)))

# Without a shared library at all nsctl starts a fifth sooner. What is opened when it is needed wants the shared C library, so a
# static nsctl carries a shared one; `make STATIC=` builds that one alone.
has    = $(findstring /,$(shell $(CC) -print-file-name=$(1) 2>/dev/null))
STATIC ?= $(if $(filter-out -l:%,$(LIBS)),,$(and $(call has,libc.a),$(call has,rcrt1.o)))
STATIC := $(if $(SANITIZE),,$(STATIC))
# Relocations packed, where the linker knows how, and the C library's start, too.
PACK   := -Wl,-z,pack-relative-relocs
RELR   := $(if $(STATIC),$(shell t=$$(mktemp) && printf 'int a; int *volatile p = &a; int main(void) { return p != &a; }' | \
	$(CC) -static-pie -fPIE $(PACK),--fatal-warnings -x c - -o $$t 2>/dev/null && $$t && echo '$(PACK)'; rm -f $$t))

# libproc2 is opened, not linked (src/sys/proctimes.c): by the name of the one whose headers are here.
PROC2  := $(shell readelf -d "$$($(CC) -print-file-name=libproc2.so)" 2>/dev/null | sed -n 's/.*soname: \[\(.*\)\]/\1/p')
CPROC2 := $(if $(PROC2),-DLIBPROC2_SONAME='"$(PROC2)"')

LAYERS := base sys data model engine enter out view app cmd
SRC    := $(foreach layer,$(LAYERS),$(wildcard src/$(layer)/*.c))
OBJ    := $(SRC:src/%.c=$(O)/obj/%.o)
UNIT   := $(patsubst tests/unit/%.c,$(O)/tests/unit/%,$(wildcard tests/unit/*.c))
# Each fuzz target is a unit test too: it reads the files of its corpus.
FUZZ   := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
UNIT   += $(FUZZ:%=$(O)/tests/unit/fuzz_%)

all: $(O)/nsctl

# The stage is the one program of ours that enters a container: static, small, run from a sealed memfd.
STAGE_SRC  := $(wildcard src/stage/*.c)
STAGE_CC   ?= $(shell command -v musl-gcc >/dev/null 2>&1 && echo musl-gcc || echo $(CC))
# musl-gcc knows its own headers only; the kernel's come from the system, behind them
STAGE_INC  := $(if $(findstring musl,$(STAGE_CC)),-idirafter /usr/include -idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null),)
STAGE_CFLAGS = $(CSTD) $(WARN) $(WERROR) -Os -g0 -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -D_GNU_SOURCE $(OWN) $(STAGE_INC)

$(O)/nsctl-stage: $(STAGE_SRC) $(wildcard include/stage/*.h) Makefile | $(O)/obj
	$(call say,STAGE,$@)
	$(Q)$(STAGE_CC) $(STAGE_CFLAGS) -static -no-pie -s -Wl,-z,noseparate-code,--gc-sections,--build-id=none,-z,noexecstack,-z,norelro -o $@ $(STAGE_SRC)

# embed FILE,SECTION: the file's bytes as an object, its two ends named after the file
embed = cd $(dir $(1)) && ld -r -b binary -z noexecstack -o $(abspath $@) $(notdir $(1)) && \
	objcopy --rename-section .data=$(2),alloc,load,readonly,data,contents $(abspath $@)

$(O)/obj/stage.o: $(O)/nsctl-stage
	$(Q)$(call embed,$<,.rodata)

$(O)/nsctl-shared: $(O)/obj/main.o $(O)/libnsctl.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(O)/obj/shared.o: $(O)/nsctl-shared
	$(Q)mkdir -p $(O)/carried && strip -o $(O)/carried/nsctl-shared $<
	$(Q)$(call embed,$(O)/carried/nsctl-shared,.rodata.shared)

$(O)/obj/static/library.o: src/base/library.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -DNSCTL_STATIC -MMD -MP -c -o $@ $<

# Changes when nsctl is to be linked in another way.
$(O)/linked: FORCE | $(O)/obj
	@echo '$(STATIC) $(RELR) $(LIBS)' | cmp -s - $@ || echo '$(STATIC) $(RELR) $(LIBS)' > $@
FORCE:

ifneq ($(STATIC),)
$(O)/nsctl: $(O)/obj/main.o $(O)/obj/static/library.o $(O)/obj/shared.o $(O)/libnsctl.a $(O)/linked
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -static-pie $(RELR) -o $@ $(filter-out $(O)/linked,$^) $(LIBS)
else
$(O)/nsctl: $(O)/nsctl-shared $(O)/linked
	$(Q)cp -f $< $@
endif

$(O)/libnsctl.a: $(OBJ) $(O)/obj/stage.o
	$(Q)rm -f $@
	$(Q)ar qcs $@ $^

$(O)/obj/%.o: src/%.c Makefile VERSION
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What nsctl version says of its own making.
$(O)/obj/cmd/version.o: ALL_CFLAGS += -DNSCTL_LIBS='"$(if $(STATIC),-static-pie )$(LIBS)"' -DNSCTL_CFLAGS='"$(strip $(CFLAGS) $(HARDEN) $(SANITIZE))"' \
	-DNSCTL_STAGE_CC='"$(notdir $(STAGE_CC))"'
$(O)/obj/cmd/version.o: $(O)/linked
$(O)/obj/sys/proctimes.o: ALL_CFLAGS += $(CPROC2)

$(O)/tests/unit/%: tests/unit/%.c $(O)/libnsctl.a
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(O)/libnsctl.a $(LIBS) -lcmocka

$(O)/tests/unit/fuzz_%: tests/fuzz/%.c $(O)/tests/replay.o $(O)/libnsctl.a
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(O)/tests/replay.o $(O)/libnsctl.a $(LIBS) -lcmocka

$(O)/tests/replay.o: tests/fuzz/replay.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -DFUZZ_CORPUS='"$(CURDIR)/tests/fuzz/corpus"' -MMD -MP -c -o $@ $<

unit: $(UNIT)

$(O)/obj:
	mkdir -p $@

-include $(OBJ:.o=.d) $(O)/obj/main.d $(O)/obj/static/library.d $(UNIT:=.d)

deps:
	@sh scripts/deps build

# Who asks for no -j gets one for each processor.
JOBS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))

demo: deps-quiet
	@$(MAKE) --no-print-directory $(JOBS) all
	@sh examples/demo $(O)/nsctl

deps-quiet:
	@sh scripts/deps --quiet build

deps-check:
	@sh scripts/deps --quiet build check

check: deps-check
	@$(MAKE) --no-print-directory $(JOBS) all unit
	@bash tests/run

lint: check-layers
	@bash scripts/lint

check-layers:
	@sh scripts/check-layers

asan:
	@$(MAKE) --no-print-directory O=$(O)/asan SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer" HARDEN="-fPIE" all unit
	@NSCTL_TEST_TIMEOUT=3600 NSCTL_BUILD=$(O)/asan bash tests/run

# Which lines the tests go through; TESTS="FILE..." for some of them.
coverage:
	@$(MAKE) --no-print-directory O=$(O)/coverage OPTIM="-O1 -g" HARDEN="-fPIE" SANITIZE="--coverage -fprofile-update=atomic" all unit
	@find $(O)/coverage -name '*.gcda' -delete
	@-GCOV_ERROR_FILE=/dev/null NSCTL_BUILD=$(O)/coverage bash tests/run $(TESTS)
	@sh scripts/coverage $(O)/coverage

# FUZZ_SECONDS each, one after the other; TARGETS="json yaml" for some. Findings and new inputs go below $(O)/fuzz.
FUZZ_SECONDS ?= 60
fuzz:
	@sh scripts/deps --quiet build fuzz
	@$(MAKE) --no-print-directory O=$(O)/fuzz CC=clang HARDEN= HARDLINK= OPTIM="-O1 -g -fno-omit-frame-pointer" \
		SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined" fuzz-targets
	@sh scripts/fuzz $(O)/fuzz $(FUZZ_SECONDS) $(or $(TARGETS),$(FUZZ))

fuzz-targets: $(FUZZ:%=$(O)/tests/fuzz/%)

$(O)/tests/fuzz/%: tests/fuzz/%.c $(O)/libnsctl.a
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP -o $@ $< $(O)/libnsctl.a $(LIBS)

bench: all
	@bash bench/run $(O)/nsctl
	@bash bench/look $(O)/nsctl
	@bash bench/many $(O)/nsctl

format:
	clang-format -i $$(git ls-files 'src/*.c' 'include/*.h' 'tests/*.c')

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man7
	install -m 755 $(O)/nsctl $(DESTDIR)$(BINDIR)/nsctl
	for page in man/*.[17]; do install -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/; done
	install -Dm 644 completions/nsctl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/nsctl
	install -Dm 644 completions/_nsctl $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_nsctl
	install -Dm 644 completions/nsctl.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/nsctl.fish

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/nsctl
	for page in man/*.[17]; do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/nsctl
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_nsctl
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/nsctl.fish

dist:
	git archive --format=tar.gz --prefix=nsctl-$(VERSION)/ -o nsctl-$(VERSION).tar.gz HEAD

clean:
	rm -rf $(O)

.PHONY: FORCE all unit deps deps-quiet deps-check demo check lint check-layers asan coverage fuzz fuzz-targets bench format install uninstall dist clean
