/*
 * Campaigns: creating, changing, removing, reading.
 */
#ifndef CORE_CAMPAIGN_H
#define CORE_CAMPAIGN_H

#include "base/zone.h"
#include "core/code.h"
#include "core/filter.h"
#include "core/id_page.h"
#include "core/idempotency.h"
#include "core/problems.h"
#include "core/records.h"
#include "store/command.h"

enum {
	CAMPAIGN_NAME_MAX = 200,
	CAMPAIGN_ORIGINS_MAX = 32,
	CAMPAIGN_SIZE_MAX = 16384, /* of the record: every join reads it */
};

/* A campaign as a request names it: by its id, or if the id is 0 by its code, computed or imported.
 */
struct campaign_name {
	uint64_t id;
	struct text code;
};

/* An id that no campaign has. */
#define CAMPAIGN_NONE (UINT64_MAX - 1)
/** Reads an identifier. Digits are an id, never a code. The prefixes "id:" and "code:" say which of
 * the two is meant. Returns CAMPAIGN_NONE for a text that cannot name a campaign. */
struct campaign_name campaign_name_read(struct text identifier);
/** Reads the campaign into *campaign. ERR_NOT_FOUND if it does not exist; ERR_PENDING and read
 * errors pass through. */
enum err campaign_find(struct tx *tx, struct codes *codes, const struct campaign_name *name,
		       struct campaign *campaign) WARN_UNUSED;

/** Reads the counters of the campaign; zeros before anything was counted. */
enum err campaign_read_stats(struct tx *tx, uint64_t id, struct campaign_stats *stats) WARN_UNUSED;

struct campaign_save {
	struct command command;   /* decide: campaign_save_decide or campaign_preview_decide */
	struct campaign campaign; /* id 0 and no code: a new campaign. Valid in done: as stored */
	struct text code;         /* with id 0: the campaign to change */
	struct text if_match;     /* see core/version.h */
	bool stale;               /* with ERR_REFUSED: the campaign has another version */
	/* The members to change (record_bit); a new campaign takes all. Of texts, only the named
	 * ones change, and an empty one is removed. */
	uint64_t set;
	/* starts_ms and ends_ms are the UTC midnight of a day. The command converts them to the
	 * first and the last moment of that day in the campaign's time zone. */
	bool starts_on_day, ends_on_day;
	struct codes *codes;         /* for a computed or an imported code */
	struct idempotency_key key;  /* of a new campaign */
	struct campaign_stats stats; /* valid in done */
	/* With ERR_REFUSED. The caller has added the problems of the request. */
	struct problems problems;
	/* Used by the command only: `campaign` as it was requested, for a second decision. */
	struct campaign request;
	bool decided;
};
/** ERR_NOT_FOUND for an unknown name. ERR_REFUSED if the campaign would end before it starts, if
 * its imported code cannot be used, if the key is refused, or if the request had problems.
 * ERR_TOO_LARGE above CAMPAIGN_SIZE_MAX. */
command_decide_fn campaign_save_decide;
/** Judges the same change of a campaign that exists, and stores nothing: `campaign` is then what
 * campaign_save_decide would have stored. */
command_decide_fn campaign_preview_decide;

struct campaign_remove {
	struct command command; /* decide: campaign_remove_decide */
	struct campaign_name name;
	struct codes *codes;
	uint64_t id; /* valid in done */
};
/** ERR_NOT_FOUND. ERR_REFUSED while the campaign has users (their links would stop working),
 * webhooks or reward rules. */
command_decide_fn campaign_remove_decide;

struct campaign_read {
	struct command command; /* decide: campaign_read_decide */
	struct campaign_name name;
	struct codes *codes;
	struct campaign campaign;
	struct campaign_stats stats;
};
command_decide_fn campaign_read_decide;

enum {
	CAMPAIGN_LIST_LOOK_MAX = 1000,
	CAMPAIGN_LIST_DAYS_MAX = 31,
	CAMPAIGN_LIST_ROWS_MAX = 1024, /* days that a query reads */
};
/* The fields that conditions on campaigns may use. */
extern const struct filter_field CAMPAIGN_FILTER_FIELDS[];
struct campaign_list {
	struct command command; /* decide: campaign_list_decide */
	uint64_t statuses;      /* bits 1 << campaign_status; 0: all except archived */
	/* A part of the name in any case, or the code. Empty: all campaigns. Valid UTF-8. */
	struct text q;
	struct filter where; /* conditions on CAMPAIGN_FILTER_FIELDS */
	struct codes *codes;
	/* How many days each campaign comes with, the last of them today in its time zone: at most
	 * CAMPAIGN_LIST_DAYS_MAX. */
	size_t n_days;
	uint64_t now_ms;
	/* Ends after CAMPAIGN_LIST_LOOK_MAX records, or with the campaign whose days reach
	 * CAMPAIGN_LIST_ROWS_MAX: the query lowers page.max. */
	struct id_page page;
	struct campaign *campaigns;   /* room for page.max */
	struct campaign_stats *stats; /* room for page.max */
	struct day *days;             /* room for page.max * n_days; NULL if n_days is 0 */
};
command_decide_fn campaign_list_decide;

#endif
