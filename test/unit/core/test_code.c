/* Owns the tests of codes: a permutation of ids that must never change, because published links
 * contain it.
 * Never opens a store.
 * Run by make test. */
#include "../../support/seeded.h"
#include "core_world.h"

static const uint64_t DOMAIN = 58ull * 58 * 58 * 58 * 58 * 58 * 58;

static int open_codes(void **state)
{
	*state = world_codes();
	return 0;
}

static int close_codes(void **state)
{
	codes_free(*state);
	return 0;
}

/* Frozen: a change here changes every link that people have shared. The key is 00 01 02 .. 1f. */
static void codes_never_change(void **state)
{
	static const struct {
		enum code_type type;
		uint64_t id;
		const char *code;
	} vectors[] = {
	    {CODE_USER, 1, "ujwqTMbF"},           {CODE_USER, 2, "umrS21ZV"},
	    {CODE_USER, 3, "u1EJQMwR"},           {CODE_USER, 58, "uWCmGZcT"},
	    {CODE_USER, 195111, "uHTftM67"},      {CODE_USER, 195112, "ujWTm6m2"},
	    {CODE_USER, 1000000, "u8wJpHTo"},     {CODE_USER, 2207984167551ull, "uDYw6nY1"},
	    {CODE_CAMPAIGN, 1, "c2dcCrub"},       {CODE_CAMPAIGN, 2, "cdUAYoNo"},
	    {CODE_CAMPAIGN, 3, "cJMibm9g"},       {CODE_CAMPAIGN, 58, "cKK1Shcw"},
	    {CODE_CAMPAIGN, 195111, "caThUrS5"},  {CODE_CAMPAIGN, 195112, "cegrXqAt"},
	    {CODE_CAMPAIGN, 1000000, "coJ6nu3E"}, {CODE_CAMPAIGN, 2207984167551ull, "ceYUjz3i"},
	};
	char code[CODE_LENGTH + 1];
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		code_write(*state, vectors[i].type, vectors[i].id, code);
		assert_string_equal(code, vectors[i].code);
		assert_true(code_read(*state, vectors[i].type, text_of(code)) == vectors[i].id);
	}
}

static void message_ids_and_hashes_never_change(void **state)
{
	char id[MESSAGE_ID_SIZE], other[MESSAGE_ID_SIZE];
	codes_message_id(*state, 1, 2, id);
	assert_string_equal(id, "msg_4684c3c23c4cc05a8de6cba9bd33f629");
	codes_message_id(*state, 2, 1, other);
	assert_string_not_equal(id, other);
	codes_old_message_id(*state, 1, id);
	assert_string_equal(id, "msg_749345e6fbd52e99293a813195bb98a1");
	codes_old_message_id(*state, 2, other);
	assert_string_not_equal(id, other);
	uint64_t hash = codes_hash_email(*state, 1, TEXT("jessica@example.com"));
	assert_true(hash == 0x7944550de4eb1506u);
	assert_true(hash != codes_hash_email(*state, 2, TEXT("jessica@example.com")));
	assert_true(hash != codes_hash_email(*state, 1, TEXT("jessica@example.co")));
}

/* The message id depends on event and webhook, whichever delivery carries it. Deliveries of 0.1
 * keep the id with which they were sent. */
static void a_message_id_names_event_and_webhook(void **state)
{
	char id[MESSAGE_ID_SIZE], other[MESSAGE_ID_SIZE];
	struct delivery d = {.id = 7, .event_id = 3, .webhook_id = 1, .derived = 1};
	delivery_message_id(*state, &d, id);
	d.id = 8;
	delivery_message_id(*state, &d, other);
	assert_string_equal(id, other);
	d.webhook_id = 2;
	delivery_message_id(*state, &d, other);
	assert_string_not_equal(id, other);
	d = (struct delivery){.id = 7, .event_id = 4, .webhook_id = 1, .derived = 1};
	delivery_message_id(*state, &d, other);
	assert_string_not_equal(id, other);
	d = (struct delivery){.id = 7, .event_id = 3, .webhook_id = 1};
	delivery_message_id(*state, &d, id);
	codes_old_message_id(*state, 7, other);
	assert_string_equal(id, other);
}

static void a_message_id_is_read_back(void **state)
{
	static const uint64_t numbers[] = {1, 2, 255, 256, 1u << 24, UINT64_C(1) << 55};
	char id[MESSAGE_ID_SIZE];
	struct message_name name;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++) {
			codes_message_id(*state, numbers[i], numbers[j], id);
			assert_true(code_is_message_id(text_of(id)));
			assert_true(codes_read_message_id(*state, text_of(id), &name));
			assert_int_equal(name.event_id, numbers[i]);
			assert_int_equal(name.webhook_id, numbers[j]);
			assert_int_equal(name.delivery_id, 0);
		}
		codes_old_message_id(*state, numbers[i], id);
		assert_true(codes_read_message_id(*state, text_of(id), &name));
		assert_int_equal(name.delivery_id, numbers[i]);
		assert_int_equal(name.event_id, 0);
	}
}

/* The secret of a personal URL has the same form: as a message id it must tell nothing. */
static void other_texts_do_not_read_as_message_ids(void **state)
{
	static const enum code_secret purposes[] = {SECRET_OWN_PAGE, SECRET_KNOWN_PAGE,
						    SECRET_UNSUBSCRIBE};
	static const char *const malformed[] = {"",
						"msg_",
						"msg",
						"msg_4684c3c23c4cc05a8de6cba9bd33f62",
						"4684c3c23c4cc05a8de6cba9bd33f629",
						"msg_4684c3c23c4cc05a8de6cba9bd33f6290",
						"msg_4684c3c23c4cc05a8de6cba9bd33f62%"};
	struct message_name name;
	char id[MESSAGE_ID_SIZE] = "msg_";
	for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
		assert_false(code_is_message_id(text_of(malformed[i])));
		assert_false(codes_read_message_id(*state, text_of(malformed[i]), &name));
	}
	for (size_t i = 0; i < 3; i++) {
		code_secret_write(*state, purposes[i], 1, id + 4);
		assert_true(code_is_message_id(text_of(id)));
		assert_false(codes_read_message_id(*state, text_of(id), &name));
		assert_int_equal(name.event_id | name.webhook_id | name.delivery_id, 0);
	}
	assert_false(
	    codes_read_message_id(*state, TEXT("msg_00000000000000000000000000000000"), &name));
}

/* Frozen: bookmarks and e-mails contain these addresses. */
static void secrets_of_users_never_change(void **state)
{
	static const enum code_secret purposes[] = {SECRET_OWN_PAGE, SECRET_KNOWN_PAGE,
						    SECRET_UNSUBSCRIBE};
	static const char *const fixed[] = {"aab6255b9c8a9b4e18018a42c4be1729",
					    "fb9b5a9c0fd36603ade615691b9aedea",
					    "305efe75037bdec60634c577529bfd11"};
	char secret[CODE_SECRET_SIZE];
	for (size_t i = 0; i < 3; i++) {
		code_secret_write(*state, purposes[i], 1, secret);
		assert_string_equal(secret, fixed[i]);
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(code_secret_fits(*state, purposes[j], 1, text_of(secret)),
					 i == j);
		assert_false(code_secret_fits(*state, purposes[i], 2, text_of(secret)));
		assert_false(code_secret_fits(*state, purposes[i], 1, text_from(secret, 31)));
		secret[31] ^= 1;
		assert_false(code_secret_fits(*state, purposes[i], 1, text_of(secret)));
	}
	assert_false(code_secret_fits(*state, SECRET_OWN_PAGE, 1, (struct text){0}));
}

static void codes_decode_to_their_ids(void **state)
{
	struct seeded seed = seeded_start("code", 5);
	char code[CODE_LENGTH + 1], users[CODE_LENGTH + 1];
	for (int i = 0; i < 50000; i++) {
		uint64_t id = i < 1000   ? (uint64_t)i + 1
			      : i < 2000 ? DOMAIN - 1 - (uint64_t)i + 1000
					 : seeded_below(&seed, DOMAIN);
		code_write(*state, CODE_CAMPAIGN, id, code);
		code_write(*state, CODE_USER, id, users);
		assert_true(code[0] == 'c' && users[0] == 'u');
		assert_string_not_equal(code + 1, users + 1);
		assert_true(code_read(*state, CODE_CAMPAIGN, text_of(code)) == id);
		assert_true(code_read(*state, CODE_USER, text_of(users)) == id);
		assert_true(code_read(*state, CODE_USER, text_of(code)) == 0);
	}
}

/* In the other direction: any well-formed code belongs to some id, and is that id's only code. The
 * code is computed back with codes of their own, which do not know the code that was read. */
static void every_code_belongs_to_one_id(void **state)
{
	static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	struct seeded seed = seeded_start("codes", 6);
	struct codes *unread = world_codes();
	char code[CODE_LENGTH + 1] = "u", back[CODE_LENGTH + 1];
	for (int i = 0; i < 50000; i++) {
		for (size_t at = 1; at < CODE_LENGTH; at++)
			code[at] = i == 0 ? '1' : i == 1 ? 'z' : alphabet[seeded_below(&seed, 58)];
		uint64_t id = code_read(*state, CODE_USER, text_of(code));
		assert_true(id < DOMAIN);
		assert_string_equal(code_write(unread, CODE_USER, id, back), code);
	}
	codes_free(unread);
}

/* Codes keep what they computed lately, in 1,024 places. These ids share one place. */
static void ids_with_the_same_lower_bits_keep_their_codes(void **state)
{
	enum { IDS = 4, TYPES = 2 };
	static const enum code_type types[TYPES] = {CODE_USER, CODE_CAMPAIGN};
	struct seeded seed = seeded_start("known codes", 7);
	char codes[IDS][TYPES][CODE_LENGTH + 1], code[CODE_LENGTH + 1];
	for (size_t i = 0; i < IDS * TYPES; i++) {
		struct codes *fresh = world_codes();
		code_write(fresh, types[i % TYPES], 1 + 1024 * (i / TYPES),
			   codes[i / TYPES][i % TYPES]);
		codes_free(fresh);
	}
	for (int i = 0; i < 10000; i++) {
		size_t at = seeded_below(&seed, IDS), type = seeded_below(&seed, TYPES);
		uint64_t id = 1 + 1024 * at;
		if (seeded_below(&seed, 2) == 0)
			assert_true(code_read(*state, types[type], text_of(codes[at][type])) == id);
		code_write(*state, types[type], id, code);
		assert_string_equal(code, codes[at][type]);
	}
}

static void malformed_codes_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",         "u",        "u111111",       "u11111111", "U1111111",
	    "x1111111", "u0111111", "uO111111",      "uI111111",  "ul111111",
	    "u111111 ", "u11111-1", "u1111\xc3\xa9", "u111111+",  "u111111/"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (code_read(*state, CODE_USER, text_of(bad[i])) != 0)
			fail_msg("\"%s\" is a code", bad[i]);
	assert_true(code_read(*state, CODE_USER, TEXT("u11\0001111")) == 0);
	assert_true(code_read(*state, CODE_USER, (struct text){0}) == 0);
}

static void another_key_gives_other_codes(void **state)
{
	const uint8_t key[CODE_KEY_SIZE] = {1};
	struct codes *other = codes_new(key);
	char a[CODE_LENGTH + 1], b[CODE_LENGTH + 1];
	assert_non_null(other);
	code_write(*state, CODE_USER, 1, a);
	code_write(other, CODE_USER, 1, b);
	codes_free(other);
	assert_string_not_equal(a, b);
}

static int by_text(const void *a, const void *b)
{
	return memcmp(a, b, CODE_LENGTH + 1);
}

/* Codes of adjacent ids are all different, and each place has each digit about equally often.
 * 58,000 codes, 1,000 expected of each, six sigma (6 * 31.4) allowed. */
static void neighbours_are_spread(void **state)
{
	enum { N = 58000, SLACK = 190 };
	static char codes[N][CODE_LENGTH + 1];
	static int seen[CODE_LENGTH][256];
	for (uint64_t id = 0; id < N; id++) {
		code_write(*state, CODE_USER, id + 1, codes[id]);
		for (size_t at = 1; at < CODE_LENGTH; at++)
			seen[at][(unsigned char)codes[id][at]]++;
	}
	for (size_t at = 1; at < CODE_LENGTH; at++)
		for (int c = 0; c < 256; c++)
			assert_true(seen[at][c] == 0 ||
				    (seen[at][c] > 1000 - SLACK && seen[at][c] < 1000 + SLACK));
	qsort(codes, N, sizeof codes[0], by_text);
	for (size_t i = 1; i < N; i++)
		assert_string_not_equal(codes[i - 1], codes[i]);
}

static void one_time_secrets_and_form_tokens_are_read_back(void **state)
{
	char once[CODE_SECRET_SIZE], form[CODE_SECRET_SIZE];
	uint64_t user_id, event_id;
	const struct form_token token = {1764324000123, INT64_MAX};
	code_once_write(*state, 7, 9, once);
	code_form_token_write(*state, token, form);
	assert_true(code_once_read(*state, text_of(once), &user_id, &event_id));
	assert_true(user_id == 7 && event_id == 9);
	struct form_token read = code_form_token_read(*state, text_of(form));
	assert_true(read.at_ms == token.at_ms && read.number == token.number);
	/* Neither reads as the other, and a secret of another kind reads as neither. */
	assert_false(code_once_read(*state, text_of(form), &user_id, &event_id));
	assert_int_equal(code_form_token_read(*state, text_of(once)).number, 0);
	code_secret_write(*state, SECRET_OWN_PAGE, 7, once);
	assert_false(code_once_read(*state, text_of(once), &user_id, &event_id));
	assert_int_equal(code_form_token_read(*state, TEXT("x")).number, 0);
}

#define WITH_CODES(f) cmocka_unit_test_setup_teardown(f, open_codes, close_codes)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_CODES(codes_never_change),
	    WITH_CODES(message_ids_and_hashes_never_change),
	    WITH_CODES(a_message_id_names_event_and_webhook),
	    WITH_CODES(a_message_id_is_read_back),
	    WITH_CODES(other_texts_do_not_read_as_message_ids),
	    WITH_CODES(secrets_of_users_never_change),
	    WITH_CODES(one_time_secrets_and_form_tokens_are_read_back),
	    WITH_CODES(codes_decode_to_their_ids),
	    WITH_CODES(every_code_belongs_to_one_id),
	    WITH_CODES(ids_with_the_same_lower_bits_keep_their_codes),
	    WITH_CODES(malformed_codes_are_refused),
	    WITH_CODES(another_key_gives_other_codes),
	    WITH_CODES(neighbours_are_spread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
