/* Owns the proof that a power loss during joins, qualifications and refunds loses nothing that was
 * acknowledged: at each sync point, images of the disk are opened, verified and compared.
 * Never tests a real disk. REFERD_SEED repeats a run, and REFERD_IMAGES is the number of images.
 * Run by make test, and with 10,000 images by make test-long. */
#include "../../support/power.h"
#include "verify_world.h"

enum { USERS = 500, BATCH = 24, PATH = SCRATCH_PATH + 16, SHORT_IMAGES = 120, ROOM = 40 };

/* What the server has acknowledged, by user id. */
struct known {
	uint64_t users;
	uint64_t qualified_ms[USERS + 1];
};

struct test {
	struct world *world;
	char image_dir[SCRATCH_PATH], image[PATH];
	struct seeded seed;
	struct known before, after;
	uint64_t images, campaign_id;
};

/* ---- images ---- */

static struct world *open_image(struct test *t)
{
	const struct engine_lmdb_config config = {.dir = t->image_dir, .read_only = true};
	const struct store_config defaults = {0};
	struct world *w = world_new();
	struct engine *engine = NULL;
	const char *why = NULL;
	if (engine_lmdb_open(&config, &engine, &why) != ERR_OK)
		fail_msg("%s", why);
	assert_int_equal(engine_deferred_open(engine, record_kinds_scattered(), &engine), ERR_OK);
	w->codes = world_codes();
	assert_int_equal(store_open(engine, &defaults, &w->store), ERR_OK);
	return w;
}

/* Are exactly these users there, in the state that was acknowledged? */
static bool is_like(struct world *w, const struct known *known)
{
	uint64_t users = 0;
	for (uint64_t id = 1; id <= known->users + 1; id++) {
		struct user user = {.id = id};
		enum err err = world_get(w, &KIND_USER, &user);
		assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
		users += err == ERR_OK;
		if (err == ERR_OK && id <= known->users &&
		    user.qualified_ms != known->qualified_ms[id])
			return false;
	}
	return users == known->users;
}

static void look_at_image(void *arg, enum power_part part, bool atomic)
{
	struct test *t = arg;
	assert_true(power_image(t->image, part, atomic, &t->seed));
	struct world *w = open_image(t);
	void *state = w;
	bool may_be_new = atomic && part != POWER_NONE, may_be_old = !atomic || part != POWER_ALL;
	if (memcmp(&t->before, &t->after, sizeof t->before) == 0)
		may_be_old = true;
	world_assert_sound(w);
	if (!(may_be_old && is_like(w, &t->before)) && !(may_be_new && is_like(w, &t->after)))
		fail_msg("image %llu: something acknowledged is lost, or done twice",
			 (unsigned long long)t->images);
	t->images++;
	world_close(&state);
}

/* ---- the load ---- */

static void done(struct command *command, enum err err)
{
	(void)command;
	assert_true(err == ERR_OK || err == ERR_REFUSED);
}

static void submit_join(struct test *t, struct join *j, char *email)
{
	struct world *w = t->world;
	uint64_t id = t->after.users + 1;
	(void)snprintf(email, ROOM, "user%llu@example.com", (unsigned long long)id);
	*j = world_join(w, t->campaign_id, id > 1 ? 1 + seeded_below(&t->seed, id - 1) : 0, email);
	j->command.done = done;
	t->after.users = id;
	assert_int_equal(store_submit(w->store, &j->command), ERR_OK);
}

static void submit_qualify(struct test *t, struct qualify *q, char *order)
{
	struct world *w = t->world;
	uint64_t id = 2 + seeded_below(&t->seed, t->before.users - 1),
		 was = t->after.qualified_ms[id];
	bool refund = was != 0 && seeded_below(&t->seed, 3) == 0;
	(void)snprintf(order, ROOM, "order %llu", (unsigned long long)seeded_next(&t->seed));
	*q = world_qualify(w, id, !refund);
	q->command.done = done;
	if (!refund && seeded_below(&t->seed, 2) == 0)
		q->order_id = text_of(order);
	if (refund)
		t->after.qualified_ms[id] = 0;
	else if (was == 0)
		t->after.qualified_ms[id] = w->now_ms;
	assert_int_equal(store_submit(w->store, &q->command), ERR_OK);
}

/* One batch: joins, then qualifications and refunds of users from earlier batches. */
static void run_batch(struct test *t)
{
	static struct join joins[BATCH];
	static struct qualify qualifies[BATCH];
	static char emails[BATCH][ROOM], orders[BATCH][ROOM];
	size_t n = 1 + seeded_below(&t->seed, BATCH - 1);
	bool may_join = t->after.users + BATCH < USERS;
	t->world->now_ms += 1000;
	for (size_t i = 0; i < n && (may_join || t->before.users < 2); i += 2)
		submit_join(t, &joins[i], emails[i]);
	for (size_t i = 1; i < n && t->before.users > 2; i += 2)
		submit_qualify(t, &qualifies[i], orders[i]);
	world_settle(t->world);
	t->before = t->after;
}

static void a_power_loss_loses_nothing_acknowledged(void **state)
{
	struct test *t = calloc(1, sizeof *t);
	const char *wanted = getenv("REFERD_IMAGES");
	uint64_t images = wanted != NULL ? strtoull(wanted, NULL, 0) : SHORT_IMAGES;
	char path[PATH];
	assert_non_null(t);
	t->world = *state;
	t->seed = seeded_start("power", 9);
	assert_true(scratch_make(t->image_dir));
	(void)snprintf(t->image, sizeof t->image, "%s/referd.mdb", t->image_dir);
	(void)snprintf(path, sizeof path, "%s/referd.mdb", t->world->dir);
	t->campaign_id = world_launched(t->world);
	/* The first users have no images, so that later writes are scattered. */
	for (int i = 0; i < 10; i++)
		run_batch(t);
	assert_true(power_begin(path));
	power.look = look_at_image;
	power.arg = t;
	while (t->images < images) {
		run_batch(t);
		if (seeded_below(&t->seed, 3) == 0)
			store_tend(t->world->store);
	}
	printf("%llu images, %llu users\n", (unsigned long long)t->images,
	       (unsigned long long)t->after.users);
	power_end();
	scratch_remove(t->image_dir);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {WORLD_ON(lmdb, a_power_loss_loses_nothing_acknowledged)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
