/*
 * Owns the memory of who failed lately. Never grows: where two addresses meet in one place the younger
 * one takes it over, so a flood of addresses costs exactness, not memory. Called by the routes.
 */
#include "limit.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

enum { PLACES = 4096 };

struct bucket {
	uint64_t address; /* keyed hash; 0: free */
	uint64_t at_ns;   /* when `tokens` was right */
	double tokens;
};

struct limit {
	double burst, per_ns;
	uint64_t taken_ns; /* when anybody failed last; 0: never */
	struct crypto_hash *hash; /* keyed, so that nobody can aim at somebody else's place */
	struct bucket places[PLACES];
};

struct limit *limit_new(unsigned per_minute, unsigned burst)
{
	uint8_t key[16];
	struct limit *l = calloc(1, sizeof *l);
	if (l == NULL)
		return NULL;
	crypto_random(key, sizeof key);
	l->hash = crypto_hash_new(key);
	l->burst = burst;
	l->per_ns = per_minute / 60e9;
	if (l->hash != NULL)
		return l;
	free(l);
	return NULL;
}

void limit_free(struct limit *l)
{
	if (l == NULL)
		return;
	crypto_hash_free(l->hash);
	free(l);
}

static uint64_t address_hash(struct limit *l, const struct sockaddr *sa)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)sa;
	struct text bytes = {0};
	if (sa->sa_family == AF_INET)
		bytes = text_from(&((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
	else if (sa->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		bytes = text_from((const char *)&v6->sin6_addr + 12, 4);
	else if (sa->sa_family == AF_INET6)
		bytes = text_from(&v6->sin6_addr, 8);
	uint64_t hash = crypto_hash_text(l->hash, bytes);
	return hash == 0 ? 1 : hash;
}

static void refill(const struct limit *l, struct bucket *b, uint64_t now_ns)
{
	b->tokens += (double)(now_ns - b->at_ns) * l->per_ns;
	if (b->tokens > l->burst)
		b->tokens = l->burst;
	b->at_ns = now_ns;
}

bool limit_exhausted(struct limit *l, const struct sockaddr *sa, uint64_t now_ns, unsigned *retry_s)
{
	/* Where nobody failed for as long as a bucket takes to fill, nobody's is empty. */
	if (l->taken_ns == 0 || (double)(now_ns - l->taken_ns) * l->per_ns > l->burst)
		return false;
	uint64_t hash = address_hash(l, sa);
	struct bucket *b = &l->places[hash % PLACES];
	if (b->address != hash)
		return false;
	refill(l, b, now_ns);
	if (b->tokens >= 1)
		return false;
	*retry_s = (unsigned)((1 - b->tokens) / l->per_ns / 1e9) + 1;
	return true;
}

void limit_take(struct limit *l, const struct sockaddr *sa, uint64_t now_ns)
{
	uint64_t hash = address_hash(l, sa);
	struct bucket *b = &l->places[hash % PLACES];
	if (b->address != hash)
		*b = (struct bucket){.address = hash, .at_ns = now_ns, .tokens = l->burst};
	refill(l, b, now_ns);
	b->tokens = b->tokens >= 1 ? b->tokens - 1 : 0;
	l->taken_ns = now_ns;
}
