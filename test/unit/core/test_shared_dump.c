/* Owns the test that a store on the shared engine keeps what a store on LMDB keeps: the same
 * commands, with lost answers and conflicts, give the same dump. Never has several stores, because
 * their ids differ: test_model does. Run by make test. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "address_world.h"
#include "core/erase.h"
#include "reward_world.h"
#include "store/dump.h"

enum { COMMANDS = 300, ADDRESSES = 60 };

struct side {
	struct world *w;
	struct engine *engine;
};

static struct side on_lmdb(void)
{
	struct side side = {.w = world_new()};
	void *state;
	const char *why = NULL;
	assert_true(scratch_make(side.w->dir));
	const struct engine_lmdb_config config = {.dir = side.w->dir, .map_size = 1 << 20};
	if (engine_lmdb_open(&config, &side.engine, &why) != ERR_OK)
		fail_msg("%s", why);
	assert_int_equal(world_start(&state, side.engine, side.w), 0);
	return side;
}

static struct side on_shared(void)
{
	void *state = NULL;
	assert_int_equal(world_on_one_node(&state), 0);
	struct world *w = state;
	return (struct side){w, w->nodes->engines[0]};
}

static void begin(struct world *w)
{
	uint64_t campaign = world_launched(w);
	world_webhook(w, world_hook());
	world_rule(w, rule_amount(campaign));
	world_coupons(w, world_rule(w, rule_coupon(campaign)), 'D', 1, 20);
}

static void erase_one(struct world *w, uint64_t id)
{
	struct user_erase erase = {.command = {.decide = user_erase_decide},
				   .who = {.id = id},
				   .codes = w->codes,
				   .now_ms = w->now_ms};
	struct erase_slice job = {.slice = {.now_ms = w->now_ms}};
	enum err err = world_run(w, &erase.command);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	while (world_slice(w, &job.slice, erase_find_decide, erase_change_decide) > 0)
		continue;
}

static void run_commands(struct world *w)
{
	struct seeded seed = {.state = 9};
	uint64_t users = 0;
	char email[32];
	begin(w);
	for (int i = 0; i < COMMANDS; i++) {
		uint64_t what = seeded_below(&seed, 20), id = 1 + seeded_below(&seed, users + 1);
		w->now_ms += 1000;
		snprintf(email, sizeof email, "p%u@example.com",
			 (unsigned)seeded_below(&seed, ADDRESSES));
		if (what < 10) {
			struct join join = world_join(w, 1, users == 0 ? 0 : id % users, email);
			if (world_run_join(w, &join) == ERR_OK && join.outcome == JOIN_CREATED)
				users++;
		} else if (what < 19) {
			struct qualify q = world_qualify(w, id, what < 16);
			enum err err = world_run(w, &q.command);
			assert_true(err == ERR_OK || err == ERR_REFUSED);
		} else {
			erase_one(w, id);
		}
	}
}

static void dump_side(struct side side, struct buf *out)
{
	static const struct dump_kinds kinds = {RECORD_KINDS_ALL, RECORD_KINDS_COUNT};
	const char *why = "";
	uint64_t records;
	int fd = memfd_create("dump", MFD_CLOEXEC);
	assert_true(fd >= 0);
	if (side.w->nodes != NULL)
		side.w->nodes->state->faults = (struct shared_faults){0};
	if (dump_write(side.engine, &kinds, TEXT("key"), fd, &records, &why) != ERR_OK)
		fail_msg("%s", why);
	size_t size = (size_t)lseek(fd, 0, SEEK_END);
	assert_true(buf_reserve(out, size) && size > 0);
	assert_int_equal(pread(fd, out->p, size, 0), size);
	out->n = size;
	close(fd);
}

static void dump_of(struct side side, struct buf *out)
{
	void *state = side.w;
	run_commands(side.w);
	address_catch_up(side.w);
	dump_side(side, out);
	world_close(&state);
}

static void both_engines_give_the_same_dump(void **state)
{
	struct buf expected = {0}, dump = {0};
	(void)state;
	dump_of(on_lmdb(), &expected);
	dump_of(on_shared(), &dump);
	assert_int_equal(dump.n, expected.n);
	assert_memory_equal(dump.p, expected.p, dump.n);
	buf_free(&dump);
	buf_free(&expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_engines_give_the_same_dump),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
