/*
 * Facts about ids that commands need and cannot scan for: the newest campaign, and whether an alias
 * looks like a computed code. Both are settings, which change rarely.
 */
#ifndef CORE_ID_MARKS_H
#define CORE_ID_MARKS_H

#include "store/tx.h"

/** Sets *id to the highest id of any campaign, or to 0. Lower ids may be missing. ERR_PENDING and
 * read errors pass through. */
enum err id_marks_newest_campaign(struct tx *tx, uint64_t *id) WARN_UNUSED;
/** Notes a new campaign. Errors as above. */
enum err id_marks_add_campaign(struct tx *tx, uint64_t id) WARN_UNUSED;

/** Has any alias, present or former, the form of a computed code? Such aliases come from another
 * referd. Nearly every database has none of them, and then a computed code needs no look-up.
 * Errors as above. */
enum err id_marks_any_alike(struct tx *tx, bool *any) WARN_UNUSED;
/** Notes an alias of that form. */
void id_marks_add_alike(struct tx *tx);

/** Makes both facts for a new database, which has no campaign and no alias. */
void id_marks_begin(struct tx *tx);
/** Makes both facts for a database that an older referd wrote; does nothing if they are there. Each
 * start calls it before other commands. Errors as above. */
enum err id_marks_complete(struct tx *tx) WARN_UNUSED;

#endif
