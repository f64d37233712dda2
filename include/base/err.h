/*
 * The errors that cross a room's border. Foreign errors (MDB_*, errno, SSL, evhttp) are translated
 * into one of these where they are first seen; a function that returns enum err returns ERR_OK (0)
 * on success and leaves its outputs untouched on failure, unless its comment says otherwise.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define WARN_UNUSED __attribute__((warn_unused_result))

enum err {
	ERR_OK = 0,
	ERR_NOT_FOUND, /* no such record, key, name */
	ERR_PENDING,   /* the answer is being fetched: return at once, you are called again */
	ERR_REFUSED,   /* a rule said no; the command's own fields say which one */
	ERR_INVALID,   /* the input is malformed */
	ERR_TOO_LARGE, /* over a limit that is documented where it is set */
	ERR_NO_MEMORY,
	ERR_NO_SPACE, /* disk full: reads go on, writes may be tried again later */
	ERR_BUSY,     /* a bounded queue is full or somebody else holds the lock */
	ERR_CORRUPT,  /* stored bytes do not decode or fail their checksum */
	ERR_FORMAT,   /* stored by a newer format version */
	ERR_IO,       /* any other failure of the system below us */
};

/** A short lower-case word for logs: "not_found". Never NULL. */
const char *err_name(enum err err);

#endif
