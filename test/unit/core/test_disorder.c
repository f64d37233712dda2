/* Owns the tests of ids that have gaps: lists, look-ups, blocks of ids, and databases that an older
 * referd wrote. Never tests conflicts between nodes.
 * Run by make test. */
#include <stdio.h>

#include "core/code_alias.h"
#include "core/records/id_marks.h"
#include "core/user_list.h"
#include "core/who.h"
#include "disorder_world.h"

enum { USERS = 60 };

/* ---- users ---- */

static void users_join(struct world *w, uint64_t campaign, uint64_t ids[USERS])
{
	char email[32];
	for (int i = 0; i < USERS; i++) {
		(void)snprintf(email, sizeof email, "u%d@example.com", i);
		ids[i] = world_user(w, campaign, i % 3 == 2 ? ids[i - 1] : 0, email);
	}
}

static void every_user_is_listed_once_newest_first(void **state)
{
	struct world *w = *state;
	uint64_t ids[USERS], before = UINT64_MAX, out_of_order = 0, found = 0;
	struct user_view room[7];
	users_join(w, world_launched(w), ids);
	for (int i = 1; i < USERS; i++)
		out_of_order += ids[i] < ids[i - 1];
	assert_true(out_of_order > 0);
	struct user_list list = {.command = {.decide = user_list_decide},
				 .codes = w->codes,
				 .page = {.reverse = true, .max = 7},
				 .users = room};
	do {
		assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
		for (size_t i = 0; i < list.page.n; i++, found++) {
			assert_true(room[i].user.id < before);
			before = room[i].user.id;
		}
		list.page.from = list.page.next;
	} while (list.page.next != 0);
	assert_int_equal(found, USERS);
	world_assert_sound(w);
}

/* A referrer's newest referrals are a list, and the others are rows: ids of both are mixed. */
static void every_referral_is_listed_once(void **state)
{
	enum { FRIENDS = 3 * USER_NEWEST_MAX };
	struct world *w = *state;
	struct user_view room[5];
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	char email[32];
	for (int n = 0; n < FRIENDS; n++) {
		(void)snprintf(email, sizeof email, "f%d@example.com", n);
		world_user(w, campaign, jessica, email);
	}
	for (int reverse = 0; reverse < 2; reverse++) {
		uint64_t before = 0, n = 0;
		struct user_list list = {.command = {.decide = user_list_decide},
					 .filter = {.referrer_id = jessica},
					 .codes = w->codes,
					 .page = {.reverse = reverse, .max = 5},
					 .users = room};
		do {
			assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
			for (size_t i = 0; i < list.page.n; i++, n++) {
				uint64_t id = room[i].user.id;
				assert_true(before == 0 || (reverse ? id < before : id > before));
				before = id;
			}
			list.page.from = list.page.next;
		} while (list.page.next != 0);
		assert_int_equal(n, FRIENDS);
	}
	world_assert_sound(w);
}

struct find {
	struct command command;
	struct codes *codes;
	struct who who;
	struct user user;
};

static enum err find_decide(struct command *command, struct tx *tx)
{
	struct find *find = (struct find *)command;
	return who_find(tx, find->codes, &find->who, &find->user);
}

static enum err found(struct world *w, struct who who, uint64_t *id)
{
	struct find find = {{.decide = find_decide}, w->codes, who, {0}};
	enum err err = world_ask(w, &find.command, NULL, NULL);
	*id = find.user.id;
	return err;
}

static void every_user_is_found_by_id_and_code(void **state)
{
	struct world *w = *state;
	uint64_t ids[USERS], id, highest = 0;
	char code[CODE_LENGTH + 1];
	users_join(w, world_launched(w), ids);
	for (int i = 0; i < USERS; i++) {
		struct text own = text_of(code_write(w->codes, CODE_USER, ids[i], code));
		assert_int_equal(found(w, (struct who){.id = ids[i]}, &id), ERR_OK);
		assert_int_equal(found(w, (struct who){.code = own}, &id), ERR_OK);
		assert_int_equal(id, ids[i]);
		highest = ids[i] > highest ? ids[i] : highest;
	}
	assert_int_equal(found(w, (struct who){.id = highest + 1}, &id), ERR_NOT_FOUND);
}

/* A guess reads one user, or else the alias and the chosen code in lower case. */
static void a_guessed_code_costs_at_most_two_reads(void **state)
{
	struct world *w = *state;
	uint64_t ids[USERS], id;
	char code[CODE_LENGTH + 1];
	users_join(w, world_launched(w), ids);
	const struct text guesses[] = {
	    text_of(code_write(w->codes, CODE_USER, 1u << 30, code)),
	    TEXT("summer"),
	};
	for (size_t i = 0; i < 2; i++) {
		uint64_t before = engine_disorder_gets(w->adding, KIND_USER.id) +
				  engine_disorder_gets(w->adding, KIND_ALIAS.id);
		assert_int_equal(found(w, (struct who){.code = guesses[i]}, &id), ERR_NOT_FOUND);
		uint64_t after = engine_disorder_gets(w->adding, KIND_USER.id) +
				 engine_disorder_gets(w->adding, KIND_ALIAS.id);
		assert_int_equal(after - before, i == 0 ? 1 : 2);
	}
}

/* A later campaign may have a smaller id than an earlier campaign. */
static void an_address_is_found_in_every_campaign(void **state)
{
	enum { CAMPAIGNS = 9 };
	struct world *w = *state;
	struct text email = TEXT("jessica@example.com");
	uint64_t id, newest = 0, byrons[CAMPAIGNS];
	bool fell = false;
	for (int i = 0; i < CAMPAIGNS; i++) {
		char other[32];
		const uint64_t campaign = world_launched(w);
		fell |= campaign < newest;
		newest = campaign > newest ? campaign : newest;
		(void)snprintf(other, sizeof other, "b%d@example.com", i);
		byrons[i] = world_user(w, campaign, 0, other);
		for (int k = 0; k <= i; k++) {
			(void)snprintf(other, sizeof other, "b%d@example.com", k);
			struct who byron = {.canonical_email = world_canonical(w, text_of(other))};
			assert_int_equal(found(w, byron, &id), ERR_OK);
			assert_int_equal(id, byrons[k]);
		}
		world_user(w, campaign, 0, email.p);
		struct who who = {.canonical_email = world_canonical(w, email)};
		assert_int_equal(found(w, who, &id), i == 0 ? ERR_OK : ERR_TOO_LARGE);
	}
	assert_true(fell);
}

/* ---- older databases ---- */

/* An older referd has no settings about ids, but a sequence for aliases like computed codes. */
static enum err forget_marks(struct command *command, struct tx *tx)
{
	const char *const names[] = {"newest_campaign", "aliases_like_codes"};
	(void)command;
	for (size_t i = 0; i < 2; i++) {
		const struct setting setting = {.name = text_of(names[i])};
		tx_delete(tx, &KIND_SETTING, &setting);
	}
	return tx_next_id(tx, &KIND_ALIAS) != 0 ? ERR_OK : ERR_INVALID;
}

static enum err complete_marks(struct command *command, struct tx *tx)
{
	(void)command;
	return id_marks_complete(tx);
}

struct alike {
	struct command command;
	bool any;
};

static enum err alike_decide(struct command *command, struct tx *tx)
{
	return id_marks_any_alike(tx, &((struct alike *)command)->any);
}

static void an_older_database_gets_its_settings_about_ids(void **state)
{
	struct world *w = *state;
	struct who who = {.canonical_email = world_canonical(w, TEXT("jessica@example.com"))};
	struct command forget = {.decide = forget_marks}, complete = {.decide = complete_marks};
	struct alike alike = {{.decide = alike_decide}, false};
	uint64_t id, jessica = 0;
	for (int i = 0; i < 5; i++) {
		uint64_t campaign = world_launched(w);
		if (i == 3)
			jessica = world_user(w, campaign, 0, "jessica@example.com");
	}
	assert_int_equal(world_run(w, &complete), ERR_OK);
	assert_int_equal(world_ask(w, &alike.command, NULL, NULL), ERR_OK);
	assert_false(alike.any);
	assert_int_equal(world_run(w, &forget), ERR_OK);
	assert_int_equal(found(w, who, &id), ERR_NOT_FOUND);
	assert_int_equal(world_run(w, &complete), ERR_OK);
	assert_int_equal(found(w, who, &id), ERR_OK);
	assert_int_equal(id, jessica);
	assert_int_equal(world_ask(w, &alike.command, NULL, NULL), ERR_OK);
	assert_true(alike.any);
}

/* ---- blocks ---- */

struct take {
	struct command command;
	enum err verdict;
	uint64_t n, first;
	bool together; /* the ids are from one block */
};

static enum err take_decide(struct command *command, struct tx *tx)
{
	struct take *take = (struct take *)command;
	const struct user user = {.id = take->first = tx_next_id(tx, &KIND_USER)};
	uint64_t last = user.id;
	for (uint64_t i = 1; i < take->n; i++)
		last = tx_next_id(tx, &KIND_USER);
	take->together = last == user.id + take->n - 1;
	if (!tx_gave_id(tx, &KIND_USER, user.id))
		return ERR_INVALID;
	tx_put(tx, &KIND_USER, &user);
	return take->verdict;
}

static void a_refused_command_returns_its_ids(void **state)
{
	struct world *w = *state;
	struct take refused = {{.decide = take_decide}, ERR_REFUSED, 9, 0, false};
	struct take again = {{.decide = take_decide}, ERR_OK, 9, 0, false};
	assert_int_equal(world_run(w, &refused.command), ERR_REFUSED);
	uint64_t blocks = engine_disorder_blocks(w->adding);
	assert_int_equal(world_run(w, &again.command), ERR_OK);
	assert_true(refused.together && again.together);
	/* A block that is older than a second is thrown away: then the ids are others. */
	if (engine_disorder_blocks(w->adding) == blocks)
		assert_int_equal(again.first, refused.first);
}

/* Blocks grow with their use, so commands seldom wait for one. */
static void blocks_grow_with_their_use(void **state)
{
	enum { MANY = 3000 };
	struct world *w = *state;
	struct take take = {{.decide = take_decide}, ERR_OK, 1, 0, false};
	for (int i = 0; i < MANY; i++)
		assert_int_equal(world_run(w, &take.command), ERR_OK);
	assert_true(engine_disorder_blocks(w->adding) < MANY / 10);
	assert_int_equal(world_count(w, &KIND_USER), MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(disorder, every_user_is_listed_once_newest_first),
	    WORLD_ON(disorder, every_referral_is_listed_once),
	    WORLD_ON(disorder, every_user_is_found_by_id_and_code),
	    WORLD_ON(disorder, a_guessed_code_costs_at_most_two_reads),
	    WORLD_ON(disorder, an_address_is_found_in_every_campaign),
	    WORLD_ON(memory, an_older_database_gets_its_settings_about_ids),
	    WORLD_ON(disorder, a_refused_command_returns_its_ids),
	    WORLD_ON(disorder, blocks_grow_with_their_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
