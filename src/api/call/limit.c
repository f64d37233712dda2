/*
 * Owns the token buckets of one limit. Never grows: if two keys share a place, the newer key takes
 * it over, so a flood of keys costs exactness, not memory. Called by limits.c.
 */
#include "limit.h"

#include <stdlib.h>

#include "base/crypto.h"

enum { PLACES = 4096 };

struct bucket {
	uint64_t key;   /* the hash of the key text; 0: free */
	uint64_t at_ns; /* the time at which `tokens` was computed */
	double tokens;
};

struct limit {
	double burst, per_ns;
	double whole_burst, whole_per_ns; /* the values given to limit_new */
	uint64_t taken_ns;                /* when the last token was taken; 0: never */
	struct crypto_hash
	    *hash; /* with a random key, so that no client can choose the place of another client */
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
	l->burst = l->whole_burst = burst;
	l->per_ns = l->whole_per_ns = per_minute / 60e9;
	if (l->hash != NULL)
		return l;
	free(l);
	return NULL;
}

/* A burst below one token would refuse every request. */
void limit_divide(struct limit *l, unsigned n)
{
	l->per_ns = l->whole_per_ns / n;
	l->burst = l->whole_burst / n < 1 ? 1 : l->whole_burst / n;
}

void limit_free(struct limit *l)
{
	if (l == NULL)
		return;
	crypto_hash_free(l->hash);
	free(l);
}

static uint64_t key_hash(struct limit *l, struct text key)
{
	uint64_t hash = crypto_hash_text(l->hash, key);
	return hash == 0 ? 1 : hash;
}

static void refill(const struct limit *l, struct bucket *b, uint64_t now_ns)
{
	b->tokens += (double)(now_ns - b->at_ns) * l->per_ns;
	if (b->tokens > l->burst)
		b->tokens = l->burst;
	b->at_ns = now_ns;
}

static bool is_empty(struct limit *l, uint64_t hash, uint64_t now_ns, unsigned *retry_s)
{
	struct bucket *b = &l->places[hash % PLACES];
	if (b->key != hash)
		return false;
	refill(l, b, now_ns);
	if (b->tokens >= 1)
		return false;
	*retry_s = (unsigned)((1 - b->tokens) / l->per_ns / 1e9) + 1;
	return true;
}

static void take(struct limit *l, uint64_t hash, uint64_t now_ns)
{
	struct bucket *b = &l->places[hash % PLACES];
	if (b->key != hash)
		*b = (struct bucket){.key = hash, .at_ns = now_ns, .tokens = l->burst};
	refill(l, b, now_ns);
	b->tokens = b->tokens >= 1 ? b->tokens - 1 : 0;
	l->taken_ns = now_ns;
}

bool limit_exhausted(struct limit *l, struct text key, uint64_t now_ns, unsigned *retry_s)
{
	/* If no token was taken during the time in which a bucket fills, no bucket is empty. */
	if (l->taken_ns == 0 || (double)(now_ns - l->taken_ns) * l->per_ns > l->burst)
		return false;
	return is_empty(l, key_hash(l, key), now_ns, retry_s);
}

void limit_take(struct limit *l, struct text key, uint64_t now_ns)
{
	take(l, key_hash(l, key), now_ns);
}

bool limit_spend(struct limit *l, struct text key, uint64_t now_ns, unsigned *retry_s)
{
	uint64_t hash = key_hash(l, key);
	if (is_empty(l, hash, now_ns, retry_s))
		return false;
	take(l, hash, now_ns);
	return true;
}
