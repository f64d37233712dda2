# referd: `make demo` shows it, `make test` proves it. `make help` lists the rest.

VERSION   := 0.2.0
FLAVOUR   ?= release
B         := build/$(FLAVOUR)
ifeq ($(origin CC),default)
CC        := gcc
endif
PREFIX    ?= /usr/local
PACKAGES  := libevent_core libevent_extra libevent_openssl openssl lmdb json-c libidn2 libqrencode
# PostgreSQL's client is optional: without its headers, the build leaves out the engine that needs it.
LIBPQ     := $(shell pkg-config --exists libpq && echo libpq)
ROOMS     := base http store core lease delivery upkeep api

WARNINGS  := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
             -Wmissing-prototypes -Wvla -Wswitch-enum -Wformat=2 -Wundef -Wpointer-arith \
             -Wcast-qual -Wwrite-strings -Wimplicit-fallthrough
# Control-flow protection by the processor: each architecture has a flag of its own, or none.
ARCH      := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
BRANCHES  := $(if $(filter x86_64,$(ARCH)),-fcf-protection,$(if $(filter aarch64,$(ARCH)),-mbranch-protection=standard))
HARDENING := -fPIE -fstack-protector-strong -fstack-clash-protection $(BRANCHES) \
             -Wl,-z,relro,-z,now -pie

FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=3 $(HARDENING)
FLAGS_debug   := -O0 -g3
FLAGS_asan    := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_cov     := -O0 -g --coverage
FLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
# What `make check` compiles with gcc.
FLAGS_gcc     := -O2 -D_FORTIFY_SOURCE=3

# liblmdb has no .pc file in Debian 12; pkg-config names the others.
PKG      = $(filter-out lmdb,$(PACKAGES))
CPPFLAGS += -D_GNU_SOURCE -DREFERD_VERSION='"$(VERSION)"' -Iinclude -Isrc $(shell pkg-config --cflags $(PKG) $(LIBPQ))
CFLAGS   += -std=c17 $(WARNINGS) $(if $(CI),-Werror) $(FLAGS_$(FLAVOUR)) -MMD -MP
LDLIBS   += $(shell pkg-config --libs $(PKG)) -llmdb -lm
ifneq ($(LIBPQ),)
LDLIBS   += -Wl,--as-needed -lpq -Wl,--no-as-needed
endif

ifeq ($(LIBPQ)$(MAKELEVEL),0)
$(info libpq is not installed: referd is built without its PostgreSQL engine)
endif

# The files that need PostgreSQL's client.
NEED_LIBPQ := src/store/engine_postgresql% test/unit/%_postgresql.c
usable  = $(filter-out $(if $(LIBPQ),src/store/postgresql_absent.c,$(NEED_LIBPQ)),$(1))
objects = $(patsubst %.c,$(B)/%.o,$(call usable,$(wildcard $(1))))
archive = $(patsubst %,$(B)/%.a,$(1))

# What a room's unit tests may link is what the room itself may use (src/README.md, Rooms).
LINK_base     := base
LINK_http     := http base
LINK_store    := store base
LINK_core     := core store base
LINK_lease    := lease core store base
LINK_delivery := delivery upkeep lease core store http base
LINK_upkeep   := upkeep lease core store base
LINK_api      := api delivery lease core store http base

UNIT_SOURCES := $(call usable,$(wildcard test/unit/*/test_*.c))
UNITS        := $(patsubst test/%.c,$(B)/test/%,$(UNIT_SOURCES))

.PHONY: all debug asan cov demo test test-long test-million check format bench bench-pending bench-growth fuzz fuzzers install deps clean help units
all: $(B)/referd $(B)/referd-bench   ## build the server and the load tool in build/release

debug asan cov:                      ## build them and the unit tests in another flavour, such as build/asan
	$(MAKE) FLAVOUR=$@ all units

$(B)/referd: $(B)/src/main.o $(call objects,src/cli/*.c) $(call archive,api upkeep delivery lease core store http base)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/referd-bench: $(call objects,bench/*.c) $(B)/src/cli/store_address.o $(call archive,core store base)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

define room_rule
$(B)/$(1).a: $(call objects,src/$(1)/*.c src/$(1)/*/*.c)
	rm -f $$@ && ar qcs $$@ $$(filter %.o,$$^)
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

# What tests share: an archive, so that each test links only what it uses.
$(B)/test/support.a: $(call objects,test/support/*.c)
	rm -f $@ && ar qcs $@ $^

# The schemas of the OpenAPI document: one JSON array of the files, as bytes.
SCHEMAS := $(sort $(wildcard src/api/schemas/*.json))
$(B)/schemas.c: $(SCHEMAS)
	@mkdir -p $(@D)
	{ echo '#include "api/openapi_parts.h"'; echo 'const unsigned char OPENAPI_SCHEMAS[] = {'; \
	    { s='['; for f in $^; do printf %s "$$s"; cat $$f; s=,; done; printf ']'; } | \
	        tr -d '\t\n' | od -An -v -tu1 | sed 's/[0-9][0-9]*/&,/g'; \
	    echo '}; const size_t OPENAPI_SCHEMAS_SIZE = sizeof OPENAPI_SCHEMAS;'; } > $@
$(B)/schemas.o $(B)/disposable_domains.o $(B)/zones.o: %.o: %.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/api.a: $(B)/schemas.o

# core's list of throw-away mail domains, as a table.
$(B)/core.a: $(B)/disposable_domains.o
$(B)/disposable_domains.c: src/core/people/disposable_domains.txt
	@mkdir -p $(@D)
	awk 'BEGIN { print "#include <stddef.h>"; print "extern const char *const disposable_domains[];"; \
	     print "extern const size_t disposable_domains_n;"; print "const char *const disposable_domains[] = {" } \
	     { printf "\"%s\",\n", $$0 } \
	     END { print "};"; printf "const size_t disposable_domains_n = %d;\n", NR }' $< > $@

# The time zones, as tables. They are renewed by hand, so that every build knows the same zones.
$(B)/base.a: $(B)/zones.o
$(B)/zones.c: src/base/zones.txt src/base/zones.awk
	@mkdir -p $(@D)
	awk -f src/base/zones.awk $< > $@
zones:                               ## renew src/base/zones.txt from this machine's tzdata
	python3 src/base/zones.py > build/zones.txt
	mv build/zones.txt src/base/zones.txt
.PHONY: zones

# The style sheet of the hosted pages, as bytes, under a name that changes with them.
$(B)/page_css.c: src/api/pages/page.css
	@mkdir -p $(@D)
	{ echo '#include "api/pages/assets.h"'; \
	    echo "const char ASSETS_PAGE_NAME[] = \"page-$$(sha256sum < $< | cut -c1-16).css\";"; \
	    echo 'const unsigned char ASSETS_PAGE_CSS[] = {'; od -An -v -tu1 $< | sed 's/[0-9][0-9]*/&,/g'; \
	    echo '}; const size_t ASSETS_PAGE_SIZE = sizeof ASSETS_PAGE_CSS;'; } > $@
$(B)/page_css.o: $(B)/page_css.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/api.a: $(B)/page_css.o

# The dashboard's files, as bytes.
$(B)/dashboard.c: src/dashboard/embed.sh $(wildcard src/dashboard/dist/*)
	@mkdir -p $(@D)
	src/dashboard/embed.sh > $@
$(B)/dashboard.o: $(B)/dashboard.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/api.a: $(B)/dashboard.o

dashboard: $(B)/referd                 ## src/dashboard/dist, from its sources (needs npm)
	src/dashboard/build.sh $(B)/referd
check-dashboard: $(B)/referd           ## is src/dashboard/dist what its sources give? (needs npm)
	src/dashboard/build.sh $(B)/referd build/dashboard/dist
	diff -r --exclude='*.gz' --exclude='*.br' src/dashboard/dist build/dashboard/dist
.PHONY: dashboard check-dashboard

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# With the sanitizers, compiling a test with -O1 takes three times as long as with -O0. gold needs less than half of
# the default linker's time.
$(B)/test/%.o: CFLAGS += $(if $(filter asan,$(FLAVOUR)),-O0)
GOLD := $(if $(filter asan,$(FLAVOUR)),$(shell $(CC) -fuse-ld=gold -Wl,--version >/dev/null 2>&1 && echo -fuse-ld=gold))

define unit_rule
$(B)/test/unit/$(1)/test_%: $(B)/test/unit/$(1)/test_%.o $(B)/test/support.a $(call archive,$(LINK_$(1)))
	$$(CC) $$(CFLAGS) $$(LDFLAGS) $$(GOLD) -o $$@ $$^ $$(LDLIBS) -lcmocka
endef
$(foreach r,$(ROOMS),$(eval $(call unit_rule,$(r))))
.PRECIOUS: $(B)/%.o

units: $(UNITS)

CORES   := $(shell nproc)
SUBMAKE := $(MAKE) --no-print-directory -j$(CORES)

# Both print one line for each suite and end with "N passed, N failed".
test: CYCLES ?= 30
test:                                ## run what CI runs: unit tests under ASan, end-to-end tests, 30 cycles of kill -9
	$(SUBMAKE) FLAVOUR=release all
	$(SUBMAKE) FLAVOUR=asan all units
	@test/run --unit asan --e2e release --short asan --cycles $(CYCLES)

ON_POSTGRESQL := $(addprefix store/test_,engines engines_random nodes_postgresql queries_postgresql missing_postgresql \
    faults_postgresql failover_postgresql)
NODES := $(addprefix e2e/test_,nodes node_faults moves demo_nodes compose)
# The part of the end-to-end suites that make test-postgresql runs over two nodes: make test-long runs all of them.
ON_TWO_NODES := $(addprefix e2e/test_,join qualify users_write webhooks_api campaigns_api tokens settings sessions delivery@)
test-postgresql:                     ## run the tests that need a PostgreSQL server, which they start themselves
	$(SUBMAKE) FLAVOUR=release all
	$(SUBMAKE) FLAVOUR=asan $(ON_POSTGRESQL:%=build/asan/test/unit/%)
	@REFERD_POSTGRESQL=1 test/run --unit asan --e2e release $(ON_POSTGRESQL) $(NODES)
	@test/run --e2e release --store postgresql --nodes 2 $(ON_TWO_NODES)
.PHONY: test-postgresql

test-long: CYCLES ?= 300
test-long: IMAGES ?= 10000
test-long:                           ## run the tests in both flavours, with CYCLES=300 cycles of kill -9
	$(SUBMAKE) FLAVOUR=release all units
	$(SUBMAKE) FLAVOUR=asan all units
	@REFERD_OPERATIONS=1000000 test/run --unit release core/test_model core/test_story core/test_reward_random
	@REFERD_USERS=$(USERS) REFERD_RANK_USERS=100000 REFERD_IMAGES=$(IMAGES) REFERD_DEBOOTSTRAP=1 test/run --unit asan --unit release \
	    --e2e release --e2e asan --cycles $(CYCLES)
	@REFERD_POSTGRESQL=1 REFERD_KILLS=500 REFERD_CUT_STEP=1 REFERD_REVOCATIONS=10000 test/run --unit release \
	    --cycles 1000 $(ON_POSTGRESQL)
	@REFERD_POSTGRESQL=1 REFERD_USERS=$(USERS) REFERD_NODES_ROUNDS=10000 REFERD_NODE_KILLS=300 REFERD_NODE_STOPS=30 \
	    test/run --e2e release --cycles 1000 $(NODES)
	@test/run --e2e release --store postgresql --cycles $(CYCLES)
	@test/run --e2e release --store postgresql --nodes 2
	@test/run --e2e release --store postgresql --nodes 3 e2e/test_rewards_load
	@$(MAKE) --no-print-directory test-speed

test-million: all                    ## run USERS=1000000 through import, export, verify and backup
	@cd test/e2e && REFERD_USERS=$(USERS) python3 -B -m unittest -v test_million

demo:                                ## run the whole story with real commands: join, webhook, qualify
	@deploy/demo.sh

demo-nodes:                          ## run three nodes on a primary and a standby, and kill one of each
	@deploy/demo_nodes.sh
.PHONY: demo-nodes

deps:                                ## install the Debian packages that are missing
	@deploy/deps.sh

bench: all                           ## measure all scenarios against evhttp's constant answer; wrk repeats the join
	$(B)/referd-bench compare --server $(B)/referd
	bench/witness.sh

N ?= 1000000
bench-pending: all                   ## measure a million pending deliveries (N=1000000): memory, neighbours, restart
	bench/pending.sh $(N)

USERS ?= 1000000
bench-growth: all                    ## measure all scenarios with 10,000 to USERS=1000000 users, and draw the growth
	bench/growth.sh $(USERS)

FUZZERS := $(patsubst test/fuzz/%.c,%,$(wildcard test/fuzz/fuzz_*.c))
T       ?= 60
fuzz:                                ## run every fuzzer for T=60 seconds, with a corpus in build/
	$(SUBMAKE) FLAVOUR=fuzz CC=clang fuzzers
	@set -e; for f in $(FUZZERS); do \
	    mkdir -p build/fuzz/corpus/$$f; echo "== $$f, $(T) s"; \
	    build/fuzz/$$f -max_total_time=$(T) -timeout=10 -verbosity=0 -print_final_stats=1 \
	        -artifact_prefix=build/fuzz/$$f- build/fuzz/corpus/$$f $$(find test/fuzz/corpus -name $$f); done

fuzzers: $(addprefix $(B)/,$(FUZZERS))
FUZZED := $(call archive,api delivery lease core store http base)
$(B)/fuzz_%: $(B)/test/fuzz/fuzz_%.o $(FUZZED)
	$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)
# The committed corpora (test/fuzz/corpus/fuzz_NAME) again, by make test and without a fuzzer.
$(B)/test/fuzz/replay_%: $(B)/test/fuzz/fuzz_%.o $(B)/test/fuzz/replay.o $(FUZZED)
	$(CC) $(CFLAGS) $(LDFLAGS) $(GOLD) -o $@ $^ $(LDLIBS)
REPLAYS := $(patsubst test/fuzz/corpus/fuzz_%,$(B)/test/fuzz/replay_%,$(wildcard test/fuzz/corpus/fuzz_*))
units: $(REPLAYS)

# What the compilers do not see in a build. Each check ends with "check_NAME: ... 0 findings", and remembers in
# build/checks which files passed. .clang-tidy says which of its checks are on, and why the others are not.
C_FILES  = $(sort $(shell find bench include src test -name '*.[ch]'))
C_FLAGS  = -std=c17 $(CPPFLAGS)
CHECKS  := includes docs prose format cppcheck gcc clang tidy
check:                               ## check house rules, prose, format, cppcheck, clang-tidy, gcc and clang with -Werror
	@test/run --jobs 1 $(addprefix --check ,$(CHECKS))
.PHONY: $(addprefix check-,$(CHECKS) prose)

check-includes:
	@test/check_includes
check-docs:
	@test/check_docs
check-prose:
	@test/check_prose
check-format:
	@printf '%s\n' $(C_FILES) | xargs -P $(CORES) -n 64 clang-format --dry-run -Werror
	@echo "check_format: $(words $(C_FILES)) files, 0 findings"
check-cppcheck:
	@mkdir -p build/checks/cppcheck
	@cppcheck --quiet -j $(CORES) --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
	    --inline-suppr --library=test/cppcheck.cfg --suppressions-list=test/cppcheck.suppressions \
	    --cppcheck-build-dir=build/checks/cppcheck $(CPPFLAGS) src bench
	@echo "check_cppcheck: $(words $(filter src/%.c bench/%.c,$(C_FILES))) files, 0 findings"
# gcc optimises, for the warnings that need the flow of values. clang's warnings come from its front end alone.
check-gcc:
	@test/check_each gcc src,bench,test gcc $(C_FLAGS) $(WARNINGS) -Werror $(FLAGS_gcc) -S -o /dev/null {}
check-clang:
	@test/check_each clang src,bench,test clang $(C_FLAGS) $(WARNINGS) -Werror -fsyntax-only {}
check-tidy:
	@test/check_each tidy src,bench,test clang-tidy --quiet {} -- $(C_FLAGS) $(ANALYZER)
# The analyzer explores 225,000 states of a function by default. A third of that takes less than half the time.
ANALYZER := $(addprefix -Xclang ,-analyzer-config max-nodes=75000)

format:                              ## run clang-format on every C file
	clang-format -i $(C_FILES)

UNIT_DIR := $(DESTDIR)$(PREFIX)/lib/systemd/system
UNITS_OF_SYSTEMD := referd.service referd-backup.service referd-backup.timer
install: all                         ## install programs and systemd units below $(DESTDIR)$(PREFIX)
	install -D -m 0755 $(B)/referd $(DESTDIR)$(PREFIX)/bin/referd
	install -D -m 0755 $(B)/referd-bench $(DESTDIR)$(PREFIX)/bin/referd-bench
	install -D -m 0644 -t $(UNIT_DIR) $(UNITS_OF_SYSTEMD:%=deploy/%)
	sed -i 's|/usr/local/bin|$(PREFIX)/bin|' $(UNITS_OF_SYSTEMD:%=$(UNIT_DIR)/%)

deb: all                             ## build the Debian package in build/ (needs dpkg-dev)
	@deploy/debian/build.sh $(B)/referd $(VERSION) build
.PHONY: deb

help:                                ## list these targets
	@sed -n 's/^\([a-z][a-z -]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | \
	    while IFS='|' read -r name text; do printf '  make %-16s %s\n' "$$name" "$$text"; done

clean:                               ## delete build/
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)

test-interop: all                    ## test with software of other projects: standardwebhooks, svix, Node-RED, webhook
	@cd test/e2e && python3 -B -m unittest -v test_signatures
	@cd test/interop && python3 -B -m unittest -v test_automation
.PHONY: test-interop

test-browser: all check-dashboard    ## test the hosted pages and the dashboard in Chromium (needs npm)
	@test/run --browser release

test-speed: all                      ## measure the dashboard with USERS=1000000 users, and by Lighthouse (needs npm)
	@cd test/dashboard && REFERD_USERS=$(USERS) python3 -B -m unittest -v million
.PHONY: test-browser test-speed
