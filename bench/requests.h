/*
 * Requests, composed of pieces that are made once for each run.
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
	struct piece join_tail;              /* after the code, up to the digits of the length */
	struct piece qualify_head;           /* up to the digits of the length */
	struct piece read_tail, verify_tail; /* after the code, to the end */
};

/** Makes the pieces for b's first target and its tokens. False and a message if a token is too
 * long. */
bool requests_prepare(struct bench *b) WARN_UNUSED;

/** Writes the join of person (b->run, seq) through the link of this code. */
void requests_join(const struct bench *b, struct call *call, const char *code, uint32_t seq);
void requests_qualify(const struct bench *b, struct call *call, const char *code);
void requests_read(const struct bench *b, struct call *call, const char *code);
/** Writes a request for 25 of all users, from this id on. */
void requests_list(const struct bench *b, struct call *call, uint64_t id);
/** Like requests_read, with the counters of the user. */
void requests_read_analytics(const struct bench *b, struct call *call, const char *code);

#endif
