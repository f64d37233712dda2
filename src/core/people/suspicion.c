/*
 * Owns the signs that make a join suspicious. Never refuses a join. Called by join_create.c.
 */
#include "suspicion.h"

#include <string.h>

#include "core/email.h"

enum { HOUR_MS = 3600000 };

/* Addresses that many people share, or that a proxy shows for all of its clients: private,
 * loopback, link-local and carrier-grade NAT addresses (RFC 1918, 1122, 3927, 6598), and all IPv6
 * addresses that are not global unicast. */
static bool is_shared_address(struct text ip)
{
	static const struct {
		uint8_t bytes[2], bits;
	} ranges[] = {{{10, 0}, 8},    {{127, 0}, 8},   {{169, 254}, 16}, {{192, 168}, 16},
		      {{172, 16}, 12}, {{100, 64}, 10}, {{0, 0}, 8}};
	if (ip.n == 16)
		return ((uint8_t)ip.p[0] & 0xe0) != 0x20;
	if (ip.n != 4)
		return true;
	unsigned start = (unsigned)(uint8_t)ip.p[0] << 8 | (uint8_t)ip.p[1];
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		unsigned range = (unsigned)ranges[i].bytes[0] << 8 | ranges[i].bytes[1];
		if ((start ^ range) >> (16 - ranges[i].bits) == 0)
			return true;
	}
	return false;
}

/* The same IPv4 address, or the same IPv6 /64, which one household or machine has. */
static bool same_network(struct text a, struct text b)
{
	size_t n = a.n == 16 ? 8 : a.n;
	return a.n == b.n && !is_shared_address(a) && memcmp(a.p, b.p, n) == 0;
}

static bool too_many(const struct user_stats *stats, uint64_t now_ms)
{
	return now_ms - stats->hour_ms < HOUR_MS && stats->hour_joins >= SUSPICION_JOINS_PER_HOUR;
}

void suspicion_note_join(struct user_stats *stats, uint64_t now_ms)
{
	if (now_ms - stats->hour_ms >= HOUR_MS) {
		stats->hour_ms = now_ms;
		stats->hour_joins = 0;
	}
	stats->hour_joins++;
}

static uint64_t flags_of_referral(const struct suspect *s)
{
	uint64_t flags = 0;
	if (same_network(s->user->ip, s->referrer->ip))
		flags |= FLAG_SAME_ADDRESS;
	if (too_many(s->stats, s->now_ms))
		flags |= FLAG_MANY_JOINS;
	if (email_same_mailbox(s->canonical_email, s->referrer_canonical))
		flags |= FLAG_SAME_MAILBOX;
	return flags;
}

uint64_t suspicion_of(const struct suspect *s)
{
	struct text local, domain;
	uint64_t flags = s->referrer->id != 0 ? flags_of_referral(s) : 0;
	text_cut(s->canonical_email, '@', &local, &domain);
	if (memchr(local.p, '+', local.n) != NULL)
		flags |= FLAG_PLUS_ADDRESS;
	if (disposable_domain(domain))
		flags |= FLAG_DISPOSABLE;
	if (name_has_link(s->user->first_name))
		flags |= FLAG_LINK_IN_NAME;
	if (s->robot)
		flags |= FLAG_ROBOT;
	return flags;
}
