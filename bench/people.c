/*
 * Owns the made-up people and the random numbers of the tool.
 * Never uses randomness of the system: the same seed makes the same traffic.
 * Called by the scenarios for each request, and by verify.c and hooks.c to recognise people.
 */
#include "people.h"

#include <string.h>

struct first_name {
	const char *plain, *encoded;
};

enum { FIRST_NAMES = 32, LAST_NAMES = 32, DOMAINS = 4 };

static const struct first_name first_names[FIRST_NAMES] = {
    {"jessica", "Jessica"},  {"byron", "Byron"},
    {"amara", "Amara"},      {"zoe", "Zo%C3%AB"},
    {"jose", "Jos%C3%A9"},   {"li", "Li"},
    {"fatima", "Fatima"},    {"oliver", "Oliver"},
    {"priya", "Priya"},      {"noah", "Noah"},
    {"mia", "Mia"},          {"lukas", "Lukas"},
    {"ingrid", "Ingrid"},    {"soren", "S%C3%B8ren"},
    {"chloe", "Chlo%C3%A9"}, {"mary", "Mary+Ann"},
    {"thabo", "Thabo"},      {"naledi", "Naledi"},
    {"yuki", "Yuki"},        {"kenji", "Kenji"},
    {"sofia", "Sofia"},      {"mateo", "Mateo"},
    {"aisha", "Aisha"},      {"omar", "Omar"},
    {"hannah", "Hannah"},    {"david", "David"},
    {"grace", "Grace"},      {"wei", "Wei"},
    {"anna", "Anna"},        {"peter", "Peter"},
    {"bjork", "Bj%C3%B6rk"}, {"francois", "Fran%C3%A7ois"},
};

static const char *const last_names[LAST_NAMES] = {
    "smith",   "jones",   "dlamini", "nguyen",  "garcia", "muller",   "rossi",    "tanaka",
    "kim",     "patel",   "okafor",  "silva",   "martin", "andersen", "kowalski", "novak",
    "ivanova", "haddad",  "cohen",   "van-wyk", "botha",  "mokoena",  "lopez",    "wang",
    "chen",    "fischer", "dubois",  "costa",   "byrne",  "wilson",   "taylor",   "evans",
};

/* Domains that are reserved for examples (RFC 2606): mail to them reaches no person. */
static const char *const domains[DOMAINS] = {
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
};

static uint64_t random_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t random_next(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	return random_mix(*state);
}

double random_unit(uint64_t *state)
{
	return (double)(random_next(state) >> 11) * 0x1.0p-53;
}

/* All octaves of ranks [2^k - 1, 2^(k+1) - 1) are equally likely, and so are the ranks in an
 * octave. This is Zipf's law with exponent 1 in steps, without a pow() for each request. A rank
 * beyond n is drawn again. */
uint32_t random_rank(uint64_t *state, uint32_t n)
{
	unsigned octaves = 64U - (unsigned)__builtin_clzll((uint64_t)n);
	for (;;) {
		uint64_t r = random_next(state);
		uint64_t first = UINT64_C(1) << ((unsigned)(r >> 32) % octaves);
		uint64_t rank = first - 1 + ((uint32_t)r & (first - 1));
		if (rank < n)
			return (uint32_t)rank;
	}
}

static uint64_t people_hash(uint32_t run, uint32_t seq)
{
	return random_mix(((uint64_t)run << 32 | seq) + UINT64_C(0x9e3779b97f4a7c15));
}

static char *people_put(char *at, const char *s)
{
	size_t n = strlen(s);
	memcpy(at, s, n);
	return at + n;
}

static char *people_put_base36(char *at, uint32_t v)
{
	char digits[8];
	unsigned n = 0;
	do {
		digits[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % 36];
		v /= 36;
	} while (v != 0);
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

size_t people_email(uint32_t run, uint32_t seq, char out[PEOPLE_EMAIL_SIZE])
{
	uint64_t h = people_hash(run, seq);
	char *at = people_put(out, first_names[h % FIRST_NAMES].plain);
	*at++ = '.';
	at = people_put(at, last_names[(h >> 8) % LAST_NAMES]);
	*at++ = '.';
	at = people_put_base36(at, seq);
	*at++ = '.';
	at = people_put_base36(at, run);
	*at++ = '@';
	at = people_put(at, domains[(h >> 16) % DOMAINS]);
	*at = '\0';
	return (size_t)(at - out);
}

size_t people_name_encoded(uint32_t run, uint32_t seq, char out[PEOPLE_NAME_SIZE])
{
	char *at = people_put(out, first_names[people_hash(run, seq) % FIRST_NAMES].encoded);
	*at = '\0';
	return (size_t)(at - out);
}

static bool people_read_base36(struct text t, uint32_t *value)
{
	uint64_t v = 0;
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'z';
		if (!digit && !letter)
			return false;
		v = v * 36 + (uint64_t)(digit ? c - '0' : c - 'a' + 10);
		if (v > UINT32_MAX)
			return false;
	}
	*value = (uint32_t)v;
	return t.n > 0;
}

bool people_parse_email(struct text email, uint32_t *run, uint32_t *seq)
{
	struct text local, rest, part;
	if (!text_cut(email, '@', &local, &rest))
		return false;
	for (int i = 0; i < 3; i++)
		if (!text_cut(local, '.', &part, &local))
			return false;
	return people_read_base36(part, seq) && people_read_base36(local, run);
}
