/*
 * Requests, put together from pieces that are made once for a run.
 */
#ifndef BENCH_REQUESTS_H
#define BENCH_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct call;
struct bench;

enum { PIECE_SIZE = 384 };

struct piece {
	char p[PIECE_SIZE];
	size_t n;
};

struct requests {
	struct piece join_tail;              /* behind the code, up to the length's digits */
	struct piece qualify_head;           /* up to the length's digits */
	struct piece read_tail, verify_tail; /* behind the code, to the end */
};

/** Makes the pieces for b's target and tokens. False with a message if a token is too long. */
bool requests_prepare(struct bench *b) WARN_UNUSED;

/** The join of person (b->run, seq) by this code. */
void requests_join(const struct bench *b, struct call *call, const char *code, uint32_t seq);
void requests_qualify(const struct bench *b, struct call *call, const char *code);
void requests_read(const struct bench *b, struct call *call, const char *code);
/** A page of 25 users from this id on, of all users. */
void requests_list(const struct bench *b, struct call *call, uint64_t id);
/** The same as requests_read, with the counters. */
void requests_read_analytics(const struct bench *b, struct call *call, const char *code);

#endif
