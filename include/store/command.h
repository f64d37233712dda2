/*
 * A command: what one request wants of the store, decided by a plain function.
 */
#ifndef STORE_COMMAND_H
#define STORE_COMMAND_H

#include "store/tx.h"

struct command;

/** Pure: reads and stages records of tx, fills the command's own fields. ERR_OK keeps what it
 * staged; ERR_PENDING: as tx.h says; anything else drops it and is handed to done. */
typedef enum err command_decide_fn(struct command *cmd, struct tx *tx);
/** Called once, in the store's turn, after the outcome is durable. err is what decide returned, or
 * why the commit failed (ERR_NO_SPACE, ERR_NO_MEMORY): then nothing was kept. May submit further
 * commands and may free cmd. */
typedef void command_done_fn(struct command *cmd, enum err err);

/* To be the first member of a command's own struct. */
struct command {
	command_decide_fn *decide;
	command_done_fn *done;
	/* The store's: */
	struct command *next;
	enum err err;
};

#endif
