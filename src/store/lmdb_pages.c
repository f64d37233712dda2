/* Owns the knowledge of LMDB's file format (data version 1, as liblmdb 0.9 writes it on a 64-bit
 * little-endian machine). Never maps or writes the file. Called by engine_lmdb_open.c before LMDB
 * maps a file.
 *
 * A page begins with its number (8 bytes), 2 unused bytes and its flags (2). Then come the end of
 * its list of node offsets (2) and the start of its nodes (2); an overflow page has the number of
 * pages in its run (4) there. A node is: 4 bytes, 2 bytes flags, 2 bytes length of the key, key,
 * data. In a branch the first 6 bytes are the child's number; in a leaf the first 4 are the length
 * of the data. A tree's description (48 bytes) ends with the count of its rows and the number of
 * its root. The meta pages 0 and 1 describe the free list and the tree of trees.
 */
#include "lmdb_pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PAGE_HEAD = 16,
	PAGE_MAX = 32768, /* liblmdb's own limit */
	META_SIZE = 152,  /* with the page header */
	NODE_HEAD = 8,
	TREE_SIZE = 48,
	DEPTH_MAX = 32, /* CURSOR_STACK in liblmdb */

	PAGE_BRANCH = 0x01,
	PAGE_LEAF = 0x02,
	PAGE_OVERFLOW = 0x04,
	PAGE_META = 0x08,
	PAGE_DIRTY = 0x10,

	NODE_BIG = 0x01,  /* the data is the number of an overflow page */
	NODE_TREE = 0x02, /* the data describes a tree */
	NODE_KNOWN = NODE_BIG | NODE_TREE,
};

static const uint32_t magic = 0xBEEFC0DE, version = 1;
static const uint64_t no_page = UINT64_MAX;

struct meta {
	uint32_t page_size;
	uint64_t free_root, main_root, last_page, txnid;
};

static uint16_t u16_at(const uint8_t *p)
{
	uint16_t n;
	memcpy(&n, p, sizeof n);
	return n;
}

static uint32_t u32_at(const uint8_t *p)
{
	uint32_t n;
	memcpy(&n, p, sizeof n);
	return n;
}

static uint64_t u64_at(const uint8_t *p)
{
	uint64_t n;
	memcpy(&n, p, sizeof n);
	return n;
}

/* The number of bytes that were read, or -1. Fewer than n only at the end of the file. */
static ssize_t read_at(int fd, uint8_t *out, size_t n, uint64_t at)
{
	size_t have = 0;
	while (have < n) {
		ssize_t got = pread(fd, out + have, n - have, (off_t)(at + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* ---- meta pages ---- */

static bool page_size_usable(uint32_t n)
{
	return n >= 512 && n <= PAGE_MAX && (n & (n - 1)) == 0;
}

/* False if the bytes are not a meta page of this format. */
static bool read_meta(const uint8_t *page, struct meta *out)
{
	const uint8_t *m = page + PAGE_HEAD;
	if ((u16_at(page + 10) & PAGE_META) == 0 || u32_at(m) != magic || u32_at(m + 4) != version)
		return false;
	out->page_size = u32_at(m + 24);
	out->free_root = u64_at(m + 24 + TREE_SIZE - 8);
	out->main_root = u64_at(m + 24 + 2 * TREE_SIZE - 8);
	out->last_page = u64_at(m + 24 + 2 * TREE_SIZE);
	out->txnid = u64_at(m + 24 + 2 * TREE_SIZE + 8);
	return page_size_usable(out->page_size);
}

static bool all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* Reads both meta pages. A file with a damaged meta page counts as foreign, because LMDB does not
 * open it either. */
static enum lmdb_file read_metas(int fd, struct meta out[2], uint64_t *size)
{
	uint8_t first[2 * 4096], second[META_SIZE];
	struct stat st;
	if (fstat(fd, &st) != 0)
		return LMDB_FILE_UNREAD;
	if (!S_ISREG(st.st_mode))
		return LMDB_FILE_FOREIGN;
	ssize_t n = read_at(fd, first, sizeof first, 0);
	if (n < 0)
		return LMDB_FILE_UNREAD;
	*size = (uint64_t)st.st_size;
	if (all_zero(first, (size_t)n) && *size <= sizeof first)
		return LMDB_FILE_EMPTY;
	if (n < META_SIZE || !read_meta(first, &out[0]))
		return LMDB_FILE_FOREIGN;
	if (*size < 2 * (uint64_t)out[0].page_size)
		return out[0].txnid == 0 ? LMDB_FILE_UNBORN : LMDB_FILE_STUB;
	n = read_at(fd, second, sizeof second, out[0].page_size);
	if (n < 0)
		return LMDB_FILE_UNREAD;
	if (n < META_SIZE || !read_meta(second, &out[1]) || out[1].page_size != out[0].page_size)
		return LMDB_FILE_FOREIGN;
	return LMDB_FILE_SOUND;
}

static const struct meta *newest(const struct meta metas[2])
{
	return metas[0].txnid > metas[1].txnid ? &metas[0] : &metas[1];
}

enum lmdb_file lmdb_file_look(int fd)
{
	struct meta metas[2];
	uint64_t size = 0;
	enum lmdb_file state = read_metas(fd, metas, &size);
	if (state != LMDB_FILE_SOUND)
		return state;
	const struct meta *meta = newest(metas);
	return size / meta->page_size <= meta->last_page ? LMDB_FILE_SHORT : LMDB_FILE_SOUND;
}

/* ---- the walk ---- */

struct walk {
	int fd;
	uint32_t page_size;
	uint64_t pages; /* of the file, as far as the meta page counts them */
	uint8_t *seen;  /* a bit for each page */
	uint64_t rows;  /* of the current tree, so far */
	enum err err;
	char why[96];
};

/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): the text behind *why, of one thread */
static _Thread_local char last_why[96];

static bool broken(struct walk *w, uint64_t page, const char *what)
{
	if (w->err == ERR_OK)
		(void)snprintf(w->why, sizeof w->why, "page %llu %s", (unsigned long long)page,
			       what);
	w->err = ERR_CORRUPT;
	return false;
}

/* Marks n pages as linked, beginning with `page`. */
static bool claim(struct walk *w, uint64_t page, uint64_t n)
{
	if (page < 2 || page >= w->pages || n > w->pages - page)
		return broken(w, page, "is not in the file");
	for (uint64_t p = page; p < page + n; p++) {
		if ((w->seen[p / 8] >> p % 8 & 1) != 0)
			return broken(w, p, "is linked twice");
		w->seen[p / 8] |= (uint8_t)(1 << p % 8);
	}
	return true;
}

static bool load(struct walk *w, uint64_t page, uint8_t *out, size_t n)
{
	ssize_t got = read_at(w->fd, out, n, page * w->page_size);
	if (got < 0) {
		w->err = ERR_IO;
		return false;
	}
	if ((size_t)got < n)
		return broken(w, page, "is not in the file");
	return u64_at(out) == page || broken(w, page, "has another page's number");
}

static bool walk_overflow(struct walk *w, uint64_t page, uint64_t bytes)
{
	uint8_t head[PAGE_HEAD];
	if (page >= w->pages)
		return broken(w, page, "is not in the file");
	if (!load(w, page, head, sizeof head))
		return false;
	uint64_t run = u32_at(head + 12);
	if ((u16_at(head + 10) & ~PAGE_DIRTY) != PAGE_OVERFLOW || run == 0 ||
	    run * w->page_size < PAGE_HEAD + bytes)
		return broken(w, page, "does not hold the large value that a row names");
	return claim(w, page, run);
}

static bool walk_tree(struct walk *w, uint64_t root, unsigned depth);

/* A tree without its root looks like an empty tree; only the count of its rows shows the loss. */
static bool walk_named_tree(struct walk *w, uint64_t page, const uint8_t *description,
			    unsigned depth)
{
	const uint64_t root = u64_at(description + TREE_SIZE - 8),
		       rows = u64_at(description + TREE_SIZE - 16);
	const uint64_t outer = w->rows;
	w->rows = 0;
	if (root != no_page && !walk_tree(w, root, depth + 1))
		return false;
	if (w->rows != rows)
		return broken(w, page, "counts more or fewer rows than its tree has");
	w->rows = outer;
	return true;
}

/* Checks one row and walks the pages that it links. The row has `room` bytes in the page. */
static bool walk_leaf_node(struct walk *w, uint64_t page, const uint8_t *node, size_t room,
			   unsigned depth)
{
	uint32_t n = u32_at(node);
	uint16_t flags = u16_at(node + 4);
	size_t key_n = u16_at(node + 6);
	size_t stored = (flags & NODE_BIG) != 0 ? sizeof(uint64_t) : n;
	if ((flags & ~NODE_KNOWN) != 0 || NODE_HEAD + key_n + stored > room)
		return broken(w, page, "has a damaged row");
	const uint8_t *data = node + NODE_HEAD + key_n;
	if ((flags & NODE_BIG) != 0)
		return walk_overflow(w, u64_at(data), n);
	if ((flags & NODE_TREE) == 0)
		return true;
	if (n != TREE_SIZE)
		return broken(w, page, "has a damaged description of a tree");
	return walk_named_tree(w, page, data, depth);
}

static bool walk_branch_node(struct walk *w, const uint8_t *node, unsigned depth)
{
	uint64_t child = u32_at(node) | (uint64_t)u16_at(node + 4) << 32;
	return walk_tree(w, child, depth + 1);
}

static bool walk_nodes(struct walk *w, uint64_t page, const uint8_t *p, unsigned depth)
{
	const uint16_t flags = u16_at(p + 10) & (uint16_t)~PAGE_DIRTY;
	const size_t lower = u16_at(p + 12), upper = u16_at(p + 14);
	if (flags != PAGE_BRANCH && flags != PAGE_LEAF)
		return broken(w, page, "is not a page of a tree");
	if (lower < PAGE_HEAD || lower > upper || upper > w->page_size || lower % 2 != 0)
		return broken(w, page, "has a damaged head");
	for (size_t at = PAGE_HEAD; at < lower; at += 2) {
		size_t offset = u16_at(p + at);
		w->rows += flags == PAGE_LEAF;
		if (offset < upper || offset + NODE_HEAD > w->page_size)
			return broken(w, page, "has a damaged list of rows");
		bool ok = flags == PAGE_BRANCH
			      ? walk_branch_node(w, p + offset, depth)
			      : walk_leaf_node(w, page, p + offset, w->page_size - offset, depth);
		if (!ok)
			return false;
	}
	return true;
}

static bool walk_tree(struct walk *w, uint64_t root, unsigned depth)
{
	if (depth >= 2 * DEPTH_MAX) /* a tree inside the tree of trees */
		return broken(w, root, "lies too deep in its tree");
	if (!claim(w, root, 1))
		return false;
	uint8_t *page = malloc(w->page_size);
	if (page == NULL) {
		w->err = ERR_NO_MEMORY;
		return false;
	}
	bool ok = load(w, root, page, w->page_size) && walk_nodes(w, root, page, depth);
	free(page);
	return ok;
}

static const struct meta *meta_of(const struct meta metas[2], uint64_t txnid)
{
	if (txnid == 0)
		return newest(metas);
	for (int i = 0; i < 2; i++)
		if (metas[i].txnid == txnid)
			return &metas[i];
	return NULL;
}

enum err lmdb_pages_walk(int fd, uint64_t txnid, const char **why)
{
	struct meta metas[2];
	uint64_t size = 0;
	*why = "the file has no database in it";
	if (read_metas(fd, metas, &size) != LMDB_FILE_SOUND)
		return ERR_CORRUPT;
	const struct meta *meta = meta_of(metas, txnid);
	if (meta == NULL)
		return ERR_BUSY;
	struct walk w = {.fd = fd, .page_size = meta->page_size, .pages = size / meta->page_size};
	if (w.pages > meta->last_page + 1)
		w.pages = meta->last_page + 1;
	w.seen = calloc(w.pages / 8 + 1, 1);
	if (w.seen == NULL)
		return ERR_NO_MEMORY;
	if (meta->free_root == no_page || walk_tree(&w, meta->free_root, 0))
		(void)(meta->main_root == no_page || walk_tree(&w, meta->main_root, 0));
	free(w.seen);
	memcpy(last_why, w.why, sizeof last_why);
	*why = last_why;
	return w.err;
}
