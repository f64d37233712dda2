/*
 * The errors that rooms return to each other. A room translates foreign errors (MDB_*, errno, SSL,
 * evhttp) into one of these at its border. A function that returns enum err returns ERR_OK (0)
 * on success and leaves its outputs untouched on failure, unless its comment says otherwise.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define WARN_UNUSED __attribute__((warn_unused_result))

enum err {
	ERR_OK = 0,
	ERR_NOT_FOUND, /* no such record, key, name */
	ERR_PENDING,   /* the engine fetches the record: return at once, and be called again */
	ERR_REFUSED,   /* a rule refuses; the fields of the command say which rule */
	ERR_INVALID,   /* the input is malformed */
	ERR_TOO_LARGE, /* above a limit, which is documented where it is defined */
	ERR_NO_MEMORY,
	ERR_NO_SPACE, /* disk full: reads work, and writes may be tried again later */
	ERR_BUSY,     /* a bounded queue is full, or another process holds the lock */
	ERR_CORRUPT,  /* stored bytes do not decode, or their checksum is wrong */
	ERR_FORMAT,   /* a newer format version stored the bytes */
	ERR_IO,       /* any other failure of the system */
	ERR_CONFLICT, /* another writer changed what the batch has read: decide again */
};

/** A short lower-case word for logs: "not_found". Never NULL. */
const char *err_name(enum err err);

#endif
