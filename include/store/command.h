/*
 * A command is the work of one request on the store. A plain function decides it.
 */
#ifndef STORE_COMMAND_H
#define STORE_COMMAND_H

#include "store/tx.h"

struct command;

/** A pure function that reads records, stages writes in tx, and fills the command's own fields.
 * ERR_OK keeps the staged writes. ERR_PENDING runs the function again later (tx.h). Any other error
 * drops the staged writes and is passed to done. */
typedef enum err command_decide_fn(struct command *cmd, struct tx *tx);
/** Called once, in the store's turn, after the outcome is durable. err is the result of decide, or
 * the reason why the commit failed (ERR_NO_SPACE, ERR_NO_MEMORY) and nothing was stored. The
 * function may submit further commands and may free cmd. */
typedef void command_done_fn(struct command *cmd, enum err err);

/* The first member of each command's own struct. */
struct command {
	command_decide_fn *decide;
	command_done_fn *done;
	/* The command rests on the commands that were submitted before it. Without this, a command
	 * that reads a locked row may be decided after commands that came later. */
	bool in_order;
	/* Used by the store only: */
	struct command *next;
	enum err err;
};

#endif
