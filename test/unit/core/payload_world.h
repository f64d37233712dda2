/* Shared by the tests of payloads: an event, lists of fields under construction, and the resulting
 * payload.
 */
#ifndef TEST_PAYLOAD_WORLD_H
#define TEST_PAYLOAD_WORLD_H

#include "base/json.h"
#include "core_world.h"

/* 2022-06-09T12:00:00.123Z */
static const uint64_t JOINED_MS = 1654776000123;

struct fixture {
	struct codes *codes;
	struct buf fields, hidden, meta, out;
};

static inline int open_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	f->codes = world_codes();
	*state = f;
	return 0;
}

static inline int close_fixture(void **state)
{
	struct fixture *f = *state;
	codes_free(f->codes);
	buf_free(&f->fields);
	buf_free(&f->hidden);
	buf_free(&f->meta);
	buf_free(&f->out);
	free(f);
	return 0;
}

/* The event of the example in the guide. */
static inline struct event byron_joined(void)
{
	return (struct event){
	    .id = 9,
	    .type = EVENT_USER_JOIN,
	    .at_ms = JOINED_MS,
	    .campaign_id = 4815,
	    .user_id = 261471,
	    .referrer_id = 261470,
	    .user_type = USER_INVITED,
	    .source = SOURCE_REFERRED,
	    .joined_ms = JOINED_MS,
	    .first_name = TEXT("Byron"),
	    .email = TEXT("support+byron@referral-factory.com"),
	    .referrer_first_name = TEXT("Jessica"),
	    .referrer_email = TEXT("support+jessica@referral-factory.com"),
	    .public_url = TEXT("https://webhooks.referral-factory.com"),
	};
}

static inline struct event jessica_joined(void)
{
	struct event e = byron_joined();
	e.referrer_id = 0;
	e.user_type = USER_REFERRING;
	e.source = SOURCE_DIRECT;
	e.referrer_first_name = e.referrer_email = (struct text){0};
	return e;
}

static inline void field(struct fixture *f, const char *name, const char *as)
{
	pairs_add(&f->fields, text_of(name), text_of(as));
}

static inline void hidden(struct fixture *f, const char *name, struct text value)
{
	pairs_add(&f->hidden, text_of(name), value);
}

static inline void assert_payload(struct fixture *f, uint64_t format, const struct event *event,
				  const char *expected)
{
	const struct webhook_revision revision = {
	    .format = format,
	    .fields = {buf_view(&f->fields)},
	    .hidden = {buf_view(&f->hidden)},
	    .arrays = 1,
	};
	buf_reset(&f->out);
	payload_render(&revision, event, f->codes, &f->out);
	assert_false(f->out.failed);
	if (!text_eq(buf_view(&f->out), text_of(expected)))
		fail_msg("\n%.*s\nnot\n%s", TEXT_ARGS(buf_view(&f->out)), expected);
}

#define WITH_FIXTURE(f) cmocka_unit_test_setup_teardown(f, open_fixture, close_fixture)

#endif
