/*
 * The data that a response shows beside a user.
 */
#ifndef CORE_USER_VIEW_H
#define CORE_USER_VIEW_H

#include "core/reading.h"
#include "store/tx.h"

/** Reads the counters and the campaign of n views, whose `user` is set already. */
enum err user_view_fill(struct tx *tx, struct user_view *views, size_t n) WARN_UNUSED;

#endif
