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

PKGS     := libcjson ncursesw yaml-0.1 expat zlib libzstd liblzma libpq
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wcast-qual -Wwrite-strings -Wvla $(WERROR)
CPPFLAGS += -D_GNU_SOURCE -Iinclude -Isrc -I$(BUILD)/gen
ALL_CFLAGS := -std=c11 $(WARN) $(shell $(PKG_CONFIG) --cflags $(PKGS)) $(CFLAGS)
LDLIBS   += $(shell $(PKG_CONFIG) --libs $(PKGS)) -lbz2 -lpg_query -lm -lpthread

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
