/*
 * The people who join. Each person is a pure function of (run, seq). So the ledger stores eight
 * bytes for a person, and the e-mail address in a webhook leads to its entry.
 */
#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Room for the texts of people_*, with the NUL. */
enum { PEOPLE_NAME_SIZE = 32, PEOPLE_EMAIL_SIZE = 80 };

/** "byron.smith.7k.x3f9q@example.org": unique for each (run, seq). Returns its length. */
size_t people_email(uint32_t run, uint32_t seq, char out[PEOPLE_EMAIL_SIZE]);
/** The first name, form-encoded ("Zo%C3%AB"). Returns its length. */
size_t people_name_encoded(uint32_t run, uint32_t seq, char out[PEOPLE_NAME_SIZE]);
/** Reads run and seq from an address that people_email made. False for any other address. */
bool people_parse_email(struct text email, uint32_t *run, uint32_t *seq);

/** The next number of a random stream (splitmix64). *state may be any number. */
uint64_t random_next(uint64_t *state);
/** A uniform number in [0, 1). */
double random_unit(uint64_t *state);
/** A rank in [0, n), n > 0. Rank r has a probability of about 1/(r+1): Zipf with exponent 1. */
uint32_t random_rank(uint64_t *state, uint32_t n);

#endif
