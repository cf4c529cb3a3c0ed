# pgsift: build, test, install.  GNU Make; no network.
#
#   make                build build/pgsift
#   make check          build, layer check, unit and golden tests
#   make asan tsan      the same suite under sanitizers, in build-asan and build-tsan
#   make fuzz           fuzz targets (needs clang); FUZZ_SECONDS each
#   make bench          speed and memory against yardsticks
#   make install        DESTDIR= PREFIX=/usr/local

PREFIX   ?= /usr/local
BINDIR   ?= $(PREFIX)/bin
MANDIR   ?= $(PREFIX)/share/man
DATADIR  ?= $(PREFIX)/share
CC       ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS   ?= -O2 -g
WERROR   ?= -Werror
BUILD    ?= build

PKGS     := libcjson ncursesw yaml-0.1 expat zlib libpq
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wcast-qual -Wwrite-strings -Wvla $(WERROR)
CPPFLAGS += -D_GNU_SOURCE -Iinclude -Isrc -I$(BUILD)/gen
ALL_CFLAGS := -std=c11 $(WARN) $(shell $(PKG_CONFIG) --cflags $(PKGS)) $(CFLAGS)
LDLIBS   += $(shell $(PKG_CONFIG) --libs $(PKGS)) -lpg_query -lm -lpthread

SRC      := $(wildcard src/*/*.c)
MAIN     := src/cli/main.c
LIB_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAIN),$(SRC)))
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))

all: $(BUILD)/pgsift

$(BUILD)/pgsift: $(BUILD)/src/cli/main.o $(BUILD)/libpgsift.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libpgsift.a: $(LIB_OBJ)
	rm -f $@
	ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libpgsift.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -Itests -MMD -MP $(LDFLAGS) -o $@ $< $(BUILD)/libpgsift.a $(LDLIBS)

unit: $(UNIT)

check: all unit
	BUILD=$(BUILD) tests/run

clean:
	rm -rf build build-*

.PHONY: all unit check clean
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- fuzzing: one libFuzzer target a file of tests/fuzz ----
#
#   make fuzz FUZZ_SECONDS=600            each target for so long
#   make fuzz FUZZ_TARGETS=read_json      only that one

FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZ_CC      ?= clang
FUZZ_BUILD   := build-fuzz
FUZZ_FLAGS   := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

fuzz: $(addprefix fuzz-,$(FUZZ_TARGETS))

fuzz-lib:
	+@$(MAKE) --no-print-directory BUILD=$(FUZZ_BUILD) CC=$(FUZZ_CC) \
	    CFLAGS="$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link" $(FUZZ_BUILD)/libpgsift.a

$(FUZZ_BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/check.h fuzz-lib
	@mkdir -p $(@D)
	$(FUZZ_CC) -std=c11 $(WARN) $(shell $(PKG_CONFIG) --cflags $(PKGS)) $(FUZZ_FLAGS) -fsanitize=fuzzer \
	    $(CPPFLAGS) -Itests -Itests/fuzz $(LDFLAGS) -o $@ $< $(FUZZ_BUILD)/libpgsift.a $(LDLIBS)

# What a run finds new goes to build-fuzz/corpus; tests/fuzz/corpus holds the seeds that are kept.
fuzz-%: $(FUZZ_BUILD)/fuzz/%
	@mkdir -p $(FUZZ_BUILD)/corpus/$* $(FUZZ_BUILD)/found/$* tests/fuzz/corpus/$*
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
	    -artifact_prefix=$(FUZZ_BUILD)/found/$*/ $(wildcard tests/fuzz/$*.dict:%=-dict=%) \
	    $(FUZZ_BUILD)/corpus/$* tests/fuzz/corpus/$*

.PRECIOUS: $(FUZZ_BUILD)/fuzz/%
.PHONY: fuzz fuzz-lib
