/*
 * Campaigns: making, changing, removing, reading.
 */
#ifndef CORE_CAMPAIGN_H
#define CORE_CAMPAIGN_H

#include "base/zone.h"
#include "core/code.h"
#include "core/filter.h"
#include "core/id_page.h"
#include "core/problems.h"
#include "core/records.h"
#include "store/command.h"

enum {
	CAMPAIGN_NAME_MAX = 200,
	CAMPAIGN_ORIGINS_MAX = 32,
	CAMPAIGN_SIZE_MAX = 16384, /* of its record: every join reads it */
};

/* A campaign as a request names one: its id, or where that is 0 its code, ours or one from
 * elsewhere. */
struct campaign_name {
	uint64_t id;
	struct text code;
};

/* The id of no campaign. */
#define CAMPAIGN_NONE (UINT64_MAX - 1)
/** Reads an identifier. Digits are an id, never a code; "id:" and "code:" in front say which is
 * meant. CAMPAIGN_NONE where it can name none. */
struct campaign_name campaign_name_read(struct text identifier);
/** Reads the campaign into *campaign. ERR_NOT_FOUND; ERR_PENDING and read errors pass through. */
enum err campaign_find(struct tx *tx, struct codes *codes, const struct campaign_name *name,
		       struct campaign *campaign) WARN_UNUSED;

/** Its counters; zeros before anything was counted. */
enum err campaign_read_stats(struct tx *tx, uint64_t id, struct campaign_stats *stats) WARN_UNUSED;

struct campaign_save {
	struct command command;   /* decide: campaign_save_decide */
	struct campaign campaign; /* id 0 and no code: a new one. In done: as it now is */
	struct text code;         /* where id is 0: which one to change */
	uint64_t set; /* which members to change (record_bit); all are taken for a new one. Of texts
		       * only those that are named change, an empty one goes */
	bool starts_on_day, ends_on_day; /* starts_ms and ends_ms are the UTC midnight of a day that
					  * is meant as the campaign's time zone has it */
	struct codes *codes;             /* for a code or an alias */
	struct campaign_stats stats;     /* in done */
	struct problems
	    problems; /* with ERR_REFUSED; what was wrong in the request has come with it */
};
/** ERR_NOT_FOUND for an unknown name; ERR_REFUSED where it would end before it starts, or its alias
 * is no code to be taken; ERR_TOO_LARGE beyond CAMPAIGN_SIZE_MAX. */
command_decide_fn campaign_save_decide;

struct campaign_remove {
	struct command command; /* decide: campaign_remove_decide */
	struct campaign_name name;
	struct codes *codes;
};
/** ERR_NOT_FOUND; ERR_REFUSED while it has users, who would lose their links, webhooks or rules of
 * rewards. */
command_decide_fn campaign_remove_decide;

struct campaign_read {
	struct command command; /* decide: campaign_read_decide */
	struct campaign_name name;
	struct codes *codes;
	struct campaign campaign;
	struct campaign_stats stats;
};
command_decide_fn campaign_read_decide;

enum { CAMPAIGN_LIST_LOOK_MAX = 1000 };
extern const struct filter_field CAMPAIGN_FILTER_FIELDS[]; /* what campaigns may be searched by */
struct campaign_list {
	struct command command; /* decide: campaign_list_decide */
	uint64_t statuses;      /* bits 1 << campaign_status; 0: all but archived */
	struct text q; /* in the name whatever its case, or the code; empty: all. Valid UTF-8 */
	struct filter where; /* on CAMPAIGN_FILTER_FIELDS */
	struct codes *codes;
	struct id_page page;          /* CAMPAIGN_LIST_LOOK_MAX are looked at for it */
	struct campaign *campaigns;   /* room for page.max */
	struct campaign_stats *stats; /* room for page.max */
};
command_decide_fn campaign_list_decide;

#endif
