/*
 * Owns the reading of the cells of an import. Never knows the column of a cell, and never stores.
 * Called by import_columns.c.
 */
#include "import_cells.h"

#include "api/call/person.h"
#include "base/clock.h"
#include "base/ip.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/email.h"
#include "core/names.h"

/* Kiribati is 14 hours ahead of UTC, the most of all time zones. */
enum { EAST_MAX_MS = 14 * 3600 * 1000 };

struct text import_cell_keep(struct import_line *r, struct text t)
{
	struct text copy = arena_copy(r->arena, t);
	r->failed = r->failed || (t.n > 0 && copy.p == NULL);
	return copy;
}

const char *import_cell_first_name(struct import_line *r, struct text cell)
{
	r->row->join.first_name = import_cell_keep(r, cell);
	return person_name_refusal(cell, r->arena);
}

const char *import_cell_email(struct import_line *r, struct text cell)
{
	struct email email;
	const char *why;
	enum err err = email_read(cell, r->arena, &email, &why);
	r->row->join.email = email.address;
	r->row->join.canonical_email = email.canonical;
	r->failed = r->failed || err == ERR_NO_MEMORY;
	return err == ERR_INVALID ? why : NULL;
}

const char *import_cell_code(struct import_line *r, struct text cell)
{
	if (!code_is_plausible(cell))
		return "must be 1 to 64 letters, digits, - or _";
	r->row->join.alias = import_cell_keep(r, cell);
	return NULL;
}

const char *import_cell_referrer(struct import_line *r, struct text cell)
{
	struct who *who = &r->row->join.referrer;
	if (code_is_plausible(cell)) {
		who->code = import_cell_keep(r, cell);
		return NULL;
	}
	struct email email;
	const char *why;
	enum err err = email_read(cell, r->arena, &email, &why);
	who->campaign_id = r->row->join.campaign_id;
	who->canonical_email = email.canonical;
	r->failed = r->failed || err == ERR_NO_MEMORY;
	return err == ERR_INVALID ? "must be the code or e-mail address of a user" : NULL;
}

/* A user with a referrer always gets the source Referred. A line with Referred but without a
 * referrer comes from a server on which the referrer was erased; this user gets the source Added.
 */
const char *import_cell_source(struct import_line *r, struct text cell)
{
	uint64_t source;
	if (!name_find(SOURCE_NAMES, cell, &source))
		return "must be Direct, Referred, Api, Added, Zapier, Widget, Popup, Embed or Test";
	if (source == SOURCE_TEST && !r->campaign->test_mode)
		return "is Test, but the campaign is not in test mode: set test_mode of the "
		       "campaign, or use another source";
	r->row->join.source = source == SOURCE_REFERRED ? SOURCE_ADDED : source;
	return NULL;
}

/* Reads a date, or a time without a UTC offset: the local time. */
static bool read_local(struct text cell, uint64_t *local_ms)
{
	if (clock_is_date(cell.p, cell.n))
		return clock_parse_time(cell.p, cell.n, local_ms) == 0;
	return clock_parse_local(cell.p, cell.n, local_ms) == 0;
}

static uint64_t moment_of(const struct import_line *r, struct text cell, uint64_t local_ms)
{
	const struct zone *zone = campaign_zone(r->campaign);
	return clock_is_date(cell.p, cell.n)
		   ? zone_day_ms(zone, local_ms / CLOCK_DAY_MS, ZONE_FIRST)
		   : zone_moment(zone, local_ms);
}

/* The author of the file may be east of the campaign's time zone, where it is already tomorrow. */
static const char *read_time(const struct import_line *r, struct text cell, uint64_t *ms)
{
	static const char future[] = "is in the future";
	uint64_t now_ms = r->row->join.now_ms, local_ms;
	if (read_local(cell, &local_ms)) {
		*ms = moment_of(r, cell, local_ms);
		if (local_ms > now_ms + EAST_MAX_MS)
			return future;
		*ms = *ms > now_ms ? now_ms : *ms;
		return NULL;
	}
	if (clock_parse_time(cell.p, cell.n, ms) != 0)
		return "must be a date such as 2026-11-23, or a time such as 2026-11-23T10:00:00Z";
	return *ms > now_ms ? future : NULL;
}

const char *import_cell_signed_up_at(struct import_line *r, struct text cell)
{
	return read_time(r, cell, &r->row->join.joined_ms);
}

const char *import_cell_unsubscribed_at(struct import_line *r, struct text cell)
{
	return read_time(r, cell, &r->row->join.unsubscribed_ms);
}

const char *import_cell_qualified_at(struct import_line *r, struct text cell)
{
	r->has_qualified_at = true;
	return read_time(r, cell, &r->row->qualified_ms);
}

/* Excel writes truth values in the language of its user. */
const char *import_cell_qualified(struct import_line *r, struct text cell)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {{"ja", true},    {"oui", true},  {"s\u00ed", true},   {"si", true},
		     {"wahr", true},  {"vrai", true}, {"verdadero", true}, {"x", true},
		     {"nein", false}, {"non", false}, {"falsch", false},   {"faux", false},
		     {"falso", false}};
	if (body_read_flag(cell, &r->row->qualified))
		return NULL;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!text_ieq(cell, text_of(words[i].word)))
			continue;
		r->row->qualified = words[i].value;
		return NULL;
	}
	return "must be Yes or No";
}

const char *import_cell_ip(struct import_line *r, struct text cell)
{
	uint8_t bytes[16];
	size_t n = ip_parse(cell, bytes);
	r->row->join.ip = import_cell_keep(r, text_from(bytes, n));
	return n == 0 ? "must be an IPv4 or IPv6 address" : NULL;
}
