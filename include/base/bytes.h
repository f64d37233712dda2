/*
 * Bytes: borrowed text, a growing buffer with a sticky failure, and a bump allocator.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

/* Borrowed bytes: not NUL-terminated, never freed through this struct. {NULL, 0} is empty. */
struct text {
	const char *p;
	size_t n;
};

/* A struct text of a string literal. */
#define TEXT(lit) ((struct text){.p = "" lit, .n = sizeof(lit) - 1})

/* For printf's "%.*s". */
#define TEXT_ARGS(t) (int)(t).n, (t).p == NULL ? "" : (t).p

/** The text of a NUL-terminated string (NULL gives the empty text). Borrows s. */
static inline struct text text_of(const char *s)
{
	return (struct text){.p = s, .n = s == NULL ? 0 : strlen(s)};
}
/** The text of [p, p + n). Borrows p. */
static inline struct text text_from(const void *p, size_t n)
{
	return (struct text){.p = p, .n = n};
}
/* The p of an empty text may be NULL, which memcmp must not get. */
static inline bool text_eq(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
/** The order of the bytes: below zero if a sorts before b, 0 if they are equal. A text sorts after
 * its own beginning. */
int text_order(struct text a, struct text b);
/** ASCII case-insensitive equality (RFC 9110 field names, tokens). */
bool text_ieq(struct text a, struct text b);
bool text_starts(struct text t, struct text prefix);
bool text_ends(struct text t, struct text suffix);
/** t without leading and trailing ASCII white space (space, \t, \r, \n, \f, \v). */
struct text text_trim(struct text t);
/** Splits t at the first `at`: *head gets the bytes before it, *tail the bytes after it. Without
 * `at`, *head is all of t, *tail is empty, and the function returns false. */
bool text_cut(struct text t, char at, struct text *head, struct text *tail);
/** Reads decimal digits: no sign, no blank, no overflow. Else returns false and leaves *value
 * untouched. */
bool text_to_u64(struct text t, uint64_t *value) WARN_UNUSED;
/** At least one byte, and decimal digits only; the number may be too large for text_to_u64. */
bool text_is_digits(struct text t);
/** Compares secrets: the time depends only on the lengths. */
bool text_eq_secret(struct text a, struct text b);

/*
 * A growing buffer. All zero is a valid empty buffer. When memory runs out, `failed` is set, the
 * content stays as it was, and further additions do nothing. So the owner checks once, at the end.
 */
struct buf {
	char *p;
	size_t n, cap;
	bool failed;
};

/** The slow path of buf_reserve. */
bool buf_grow(struct buf *b, size_t n) WARN_UNUSED;
/** Makes room for n more bytes at b->p + b->n. If memory runs out, sets `failed` and returns false.
 * It is inline, as the other short functions are, because a reply needs them for every member. */
WARN_UNUSED static inline bool buf_reserve(struct buf *b, size_t n)
{
	return (b->p != NULL && n <= b->cap - b->n && !b->failed) || buf_grow(b, n);
}
void buf_add(struct buf *b, const void *p, size_t n);
static inline void buf_text(struct buf *b, struct text t)
{
	buf_add(b, t.p, t.n);
}
static inline void buf_str(struct buf *b, const char *s)
{
	buf_text(b, text_of(s));
}
static inline void buf_char(struct buf *b, char c)
{
	if (buf_reserve(b, 1))
		b->p[b->n++] = c;
}
/** The decimal digits of v. */
void buf_u64(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list ap)
    __attribute__((format(printf, 2, 0)));
/** Empties the buffer, keeps its memory and clears `failed`. */
void buf_reset(struct buf *b);
/** Frees the memory; b is a valid empty buffer again. */
void buf_free(struct buf *b);
/** The content, borrowed until the next addition. */
struct text buf_view(const struct buf *b);

/*
 * A bump allocator for allocations that are freed together. All zero is a valid empty arena.
 */
struct arena_block;
struct arena {
	struct arena_block *first;
	size_t used;      /* of the first block */
	size_t allocated; /* bytes handed out since the last reset, for limits */
};

/** n bytes aligned for any type, uninitialised, or NULL when memory ran out. */
void *arena_alloc(struct arena *a, size_t n) WARN_UNUSED;
/** The same, zeroed. */
void *arena_zalloc(struct arena *a, size_t n) WARN_UNUSED;
/** A copy of t that lives as long as the arena. p is NULL if memory ran out and t.n > 0. */
struct text arena_copy(struct arena *a, struct text t);
/** Moves the content of the buffer to *kept, which lives as long as the arena, and frees the
 * buffer. ERR_NO_MEMORY, also if the buffer has failed: then *kept is empty. */
enum err buf_keep(struct buf *b, struct arena *a, struct text *kept) WARN_UNUSED;
/** Frees all blocks except one of the default size, which it keeps for the next use. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
