# referd: `make demo` shows it, `make test` proves it. `make help` lists the rest.

VERSION   := 0.1.0
FLAVOUR   ?= release
B         := build/$(FLAVOUR)
CC        ?= gcc
PREFIX    ?= /usr/local
PACKAGES  := libevent_core libevent_extra libevent_openssl openssl lmdb json-c libidn2
ROOMS     := base http store core delivery api

WARNINGS  := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
             -Wmissing-prototypes -Wvla -Wswitch-enum -Wformat=2 -Wundef -Wpointer-arith \
             -Wcast-qual -Wwrite-strings -Wimplicit-fallthrough
HARDENING := -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection \
             -Wl,-z,relro,-z,now -pie

FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=3 $(HARDENING)
FLAGS_debug   := -O0 -g3
FLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_cov     := -O0 -g --coverage
# What `make check` compiles: optimised, for the warnings that need the flow of values.
FLAGS_gcc     := -O2 -D_FORTIFY_SOURCE=3
FLAGS_clang   := -O1

# liblmdb has no .pc file in Debian 12; pkg-config names the others.
PKG      = $(filter-out lmdb,$(PACKAGES))
CPPFLAGS += -D_GNU_SOURCE -DREFERD_VERSION='"$(VERSION)"' -Iinclude -Isrc $(shell pkg-config --cflags $(PKG))
CFLAGS   += -std=c17 $(WARNINGS) $(if $(CI),-Werror) $(FLAGS_$(FLAVOUR)) -MMD -MP
LDLIBS   += $(shell pkg-config --libs $(PKG)) -llmdb

objects = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)))
archive = $(patsubst %,$(B)/%.a,$(1))

# What a room's unit tests may link is what the room itself may use (README, architecture).
LINK_base     := base
LINK_http     := http base
LINK_store    := store base
LINK_core     := core store base
LINK_delivery := delivery core store http base
LINK_api      := api delivery core store http base

UNIT_SOURCES := $(wildcard test/unit/*/test_*.c)
UNITS        := $(patsubst test/%.c,$(B)/test/%,$(UNIT_SOURCES))

.PHONY: all debug asan demo test test-long check bench install deps clean help units
all: $(B)/referd $(B)/referd-bench   ## the server and the load tool (build/release)

debug asan cov:                      ## the same in another flavour
	$(MAKE) FLAVOUR=$@ all units

$(B)/referd: $(B)/src/main.o $(call objects,src/cli/*.c) $(call archive,api delivery core store http base)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/referd-bench: $(call objects,bench/*.c) $(call archive,base)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

define room_rule
$(B)/$(1).a: $(call objects,src/$(1)/*.c)
	rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

define unit_rule
$(B)/test/unit/$(1)/test_%: $(B)/test/unit/$(1)/test_%.o $(call objects,test/support/*.c) $(call archive,$(LINK_$(1)))
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) -lcmocka
endef
$(foreach r,$(ROOMS),$(eval $(call unit_rule,$(r))))
.PRECIOUS: $(B)/%.o

units: $(UNITS)

# What the compilers do not see; .clang-tidy says which checks are on, and why the others are not.
# clang-tidy's stderr only counts what it does not show.
LINTED := $(wildcard src/*.c src/*/*.c bench/*.c)
check:                               ## house rules, cppcheck, clang-tidy, both compilers with -Werror
	test/check_includes
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
	    --inline-suppr --library=test/cppcheck.cfg --suppressions-list=test/cppcheck.suppressions \
	    $(CPPFLAGS) src bench
	$(MAKE) --no-print-directory -j"$$(nproc)" -k $(addprefix tidy/,$(LINTED))
	$(MAKE) --no-print-directory FLAVOUR=gcc CC=gcc CI=1 all units
	$(MAKE) --no-print-directory FLAVOUR=clang CC=clang CI=1 all units
	@echo "check: passed"

tidy/%: FORCE
	@clang-tidy --quiet $* -- -std=c17 $(CPPFLAGS) 2>/dev/null
FORCE:

install: all                         ## the two programs into $(DESTDIR)$(PREFIX)/bin
	install -D -m 0755 $(B)/referd $(DESTDIR)$(PREFIX)/bin/referd
	install -D -m 0755 $(B)/referd-bench $(DESTDIR)$(PREFIX)/bin/referd-bench

clean:                               ## removes what make made
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
