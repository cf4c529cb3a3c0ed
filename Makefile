# pgsift: build, test, install.  GNU Make; no network (but for `make demo` and `make test`,
# which install what is missing on Debian).
#
#   make                build build/pgsift, manual pages and completions
#   make check          build, layer check, unit, shell and golden tests; TESTS="tests/a.t ..." for some
#   make asan tsan      the same suite under sanitizers, in build-asan and build-tsan
#   make fuzz           fuzz targets (needs clang); FUZZ_SECONDS each
#   make check-versions the live tests against servers 12 to 18 (npm)
#   make bench          speed and memory against yardsticks
#   make install        DESTDIR= PREFIX=/usr/local BINDIR= MANDIR= DATADIR=; also install-strip, uninstall
#   make dist           pgsift-VERSION.tar.gz
#   make demo           install what building needs, build, and diagnose a bundled plan
#   make test           install what testing needs, and run make check
#
# WITHOUT_LIBPQ=1 builds a program that reads files and connects to nothing (in a build
# directory of its own: BUILD=build-files). SHARED_LIBS=1 links every library shared and leaves
# position independence to the compiler, as distributions want it (in a build directory of its
# own, too); otherwise archives are taken where they are installed, which halves the time that the
# program takes to start.
# V=1 shows the commands. CC CPPFLAGS CFLAGS LDFLAGS PKG_CONFIG WERROR= are honoured.

VERSION    := 0.1.0
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
CC         ?= cc
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
CFLAGS     ?= -O2 -g
WERROR     ?= -Werror
BUILD      ?= build
FUZZ_CC    ?= clang
FUZZ_SECONDS ?= 60
comma      := ,
Q          := $(if $(V),,@)

PKGS     := libcjson ncursesw yaml-0.1 expat zlib libzstd liblzma
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wcast-qual -Wwrite-strings -Wvla $(WERROR)
# libpq is not linked: src/db/libpq.c loads it when a connection is made.
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PKGS) $(if $(WITHOUT_LIBPQ),,libpq))
# Complaints of what is missing come with the line above.
PKG_LIBS  := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null)
# Archives instead of shared libraries, one by one, where the compiler finds them; libraries in
# places of their own (-L) are taken as they are given.
AS_GIVEN  := $(or $(SHARED_LIBS),$(filter -L%,$(PKG_LIBS) $(LDFLAGS) $(LDLIBS)))
archive    = $(wildcard $(shell $(CC) -print-file-name=lib$(1).a 2>/dev/null))
library    = $(if $(AS_GIVEN),-l$(1),$(or $(call archive,$(1)),-l$(1)))
LIBRARIES := $(foreach word,$(PKG_LIBS) -lbz2 -lpg_query,$(if $(filter -l%,$(word)),\
               $(call library,$(word:-l%=%)),$(word)))
# At a fixed address nothing is relocated at start: libpg_query has 14,000 pointers in tables.
FIXED     := $(if $(AS_GIVEN),,$(filter %/libpg_query.a,$(LIBRARIES)))
ALL_CPPFLAGS = -D_GNU_SOURCE -DPGSIFT_VERSION='"$(VERSION)"' -Iinclude -Isrc -I$(BUILD)/gen $(CPPFLAGS)
ALL_CFLAGS  := -std=c11 $(WARN) $(PKG_CFLAGS) $(if $(FIXED),-fno-pie) $(CFLAGS)
ALL_LDFLAGS := $(if $(FIXED),-no-pie -Wl$(comma)--gc-sections) $(LDFLAGS)
ALL_LDLIBS  := $(LDLIBS) $(LIBRARIES) -lm -ldl -lpthread

# One of the two is the connection.
NO_SRC   := $(if $(WITHOUT_LIBPQ),src/db/conn.c src/db/libpq.c,src/db/conn_none.c)
SRC      := $(filter-out $(NO_SRC),$(wildcard src/*/*.c))
MAIN     := src/cli/main.c
LIB_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAIN),$(SRC)))
TOOLS    := $(patsubst tests/tools/%.c,$(BUILD)/tools/%,$(wildcard tests/tools/*.c))
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))
FUZZ     := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*.c))
MAN      := $(patsubst man/%.in,$(BUILD)/man/%,$(wildcard man/*.in))
COMPLETIONS := $(BUILD)/completions/pgsift.bash $(BUILD)/completions/_pgsift \
               $(BUILD)/completions/pgsift.fish

all: $(BUILD)/pgsift $(MAN) $(COMPLETIONS)

$(BUILD)/pgsift: $(BUILD)/src/cli/main.o $(BUILD)/libpgsift.a
	@echo '  LINK    $@'
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

$(BUILD)/libpgsift.a: $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcsD $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC      $<'
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -MMD -MP -c -o $@ $<

# The statement of the snapshot script, a C string a line.
$(BUILD)/gen/snapshot_sql.h: src/db/snapshot.sql
	@mkdir -p $(@D)
	$(Q)sed -e '1,/^-- BEGIN STATEMENT/d' -e '/^-- END STATEMENT/,$$d' -e 's/[\\"]/\\&/g' \
	    -e 's/.*/"&\\n"/' $< >$@
$(BUILD)/src/db/catalog.o: $(BUILD)/gen/snapshot_sql.h

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libpgsift.a
	@mkdir -p $(@D)
	@echo '  TEST    $@'
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -Itests -MMD -MP $(ALL_LDFLAGS) -o $@ $< \
	    $(BUILD)/libpgsift.a $(ALL_LDLIBS)

# Manual pages: @VERSION@ and lines @PART@ that the program's own tables fill.
$(BUILD)/man/%: man/%.in man/fill $(BUILD)/pgsift
	@mkdir -p $(@D)
	$(Q)man/fill $(BUILD)/pgsift $(VERSION) <$< >$@.new && mv $@.new $@

$(BUILD)/completions/pgsift.bash: SHELL_NAME := bash
$(BUILD)/completions/_pgsift: SHELL_NAME := zsh
$(BUILD)/completions/pgsift.fish: SHELL_NAME := fish
$(COMPLETIONS): $(BUILD)/pgsift
	@mkdir -p $(@D)
	$(Q)$(BUILD)/pgsift --completion=$(SHELL_NAME) >$@.new && mv $@.new $@

# Helpers of shell tests: no tests themselves.
$(BUILD)/tools/%: tests/tools/%.c $(BUILD)/libpgsift.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libpgsift.a $(ALL_LDLIBS)

unit: $(UNIT) $(TOOLS)

# Live tests against servers 12 to 18 out of npm; needs a network the first time.
check-versions: all unit
	BUILD=$(BUILD) tests/versions.sh $(VERSIONS)

check: all unit
	$(Q)BUILD=$(BUILD) JOBS=$(JOBS) tests/run $(TESTS)

SANITIZE = $(MAKE) check WERROR= SHARED_LIBS=1 CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=$(1)" \
           LDFLAGS="-fsanitize=$(1) $(LDFLAGS)"
asan:
	$(Q)ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1 \
	    $(call SANITIZE,address$(comma)undefined -fno-sanitize-recover=all) BUILD=build-asan
tsan:
	$(Q)TSAN_OPTIONS=exitcode=99 $(call SANITIZE,thread) BUILD=build-tsan

# Fuzz targets: the library again, instrumented, by clang.
fuzz:
	$(Q)$(MAKE) fuzz-run BUILD=build-fuzz CC=$(FUZZ_CC) WERROR= SHARED_LIBS=1 FUZZ_SECONDS=$(FUZZ_SECONDS) \
	    CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" \
	    LDFLAGS="-fsanitize=fuzzer,address,undefined"
fuzz-run: $(FUZZ)
	$(Q)BUILD=$(BUILD) tests/fuzz/run $(FUZZ_SECONDS) $(FUZZ)
$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/libpgsift.a
	@mkdir -p $(@D)
	@echo '  FUZZ    $@'
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -Itests $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libpgsift.a $(ALL_LDLIBS)

# Yardsticks and generators of the benchmark; not part of the library.
BENCH := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libpgsift.a
	@mkdir -p $(@D)
	@echo '  BENCH   $@'
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libpgsift.a $(ALL_LDLIBS)
bench: all $(BENCH)
	$(Q)for script in tests/bench/*.sh; do BUILD=$(BUILD) $$script || exit; done

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)/bash-completion/completions \
	    $(DESTDIR)$(DATADIR)/zsh/site-functions $(DESTDIR)$(DATADIR)/fish/vendor_completions.d \
	    $(DESTDIR)$(DATADIR)/pgsift
	$(INSTALL) $(STRIP) -m 755 $(BUILD)/pgsift $(DESTDIR)$(BINDIR)/pgsift
	for page in $(MAN); do \
	    section=$(DESTDIR)$(MANDIR)/man$${page##*.}; \
	    $(INSTALL) -d $$section && $(INSTALL) -m 644 $$page $$section/ || exit; \
	done
	$(INSTALL) -m 644 $(BUILD)/completions/pgsift.bash $(DESTDIR)$(DATADIR)/bash-completion/completions/pgsift
	$(INSTALL) -m 644 $(BUILD)/completions/_pgsift $(DESTDIR)$(DATADIR)/zsh/site-functions/_pgsift
	$(INSTALL) -m 644 $(BUILD)/completions/pgsift.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/pgsift.fish
	$(INSTALL) -m 644 $(wildcard fixtures/schema/*.schema.json) src/db/snapshot.sql \
	    $(DESTDIR)$(DATADIR)/pgsift/

install-strip:
	$(MAKE) install STRIP=-s

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/pgsift \
	    $(DESTDIR)$(DATADIR)/bash-completion/completions/pgsift \
	    $(DESTDIR)$(DATADIR)/zsh/site-functions/_pgsift \
	    $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/pgsift.fish
	for page in $(notdir $(MAN)); do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$$page; done
	rm -rf $(DESTDIR)$(DATADIR)/pgsift

# The committed tree under one name; the same bytes for the same commit.
DIST := pgsift-$(VERSION)
dist:
	git archive --format=tar --prefix=$(DIST)/ HEAD | gzip -n >$(DIST).tar.gz

demo:
	$(Q)tests/deps build
	$(Q)$(MAKE) all
	$(Q)tests/demo

test:
	$(Q)tests/deps build test
	$(Q)$(MAKE) check

clean:
	rm -rf build build-*

.PHONY: all unit check check-versions asan tsan fuzz fuzz-run bench install install-strip uninstall dist demo test clean
.DELETE_ON_ERROR:
.SECONDARY: $(LIB_OBJ) $(BUILD)/src/cli/main.o
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
