/*
 * Every record that referd keeps, except for rewards and orders (reward_records.h). Core works with
 * these structs; the tables in records.c say how they are stored. store/record.h describes the
 * stored form, and how to change a record. Times are Unix milliseconds; 0 means that there is no
 * time.
 */
#ifndef CORE_RECORDS_H
#define CORE_RECORDS_H

#include "core/record_kinds.h"
#include "store/record.h"

/* Stored numbers: never renumber. */
enum campaign_status { CAMPAIGN_DRAFT, CAMPAIGN_LAUNCHED, CAMPAIGN_PAUSED, CAMPAIGN_ARCHIVED };
enum campaign_existing { EXISTING_CODE, EXISTING_GENERIC, EXISTING_LINK_BY_EVENT };
enum user_type { USER_REFERRING = 1, USER_INVITED = 2 };
/* Bits: the reasons why a join looks suspicious. */
enum user_flag {
	FLAG_SAME_ADDRESS = 1 << 0, /* the referrer's own network address */
	FLAG_PLUS_ADDRESS = 1 << 1, /* "+" in the e-mail's local part */
	FLAG_DISPOSABLE = 1 << 2,   /* a throw-away mail domain */
	FLAG_MANY_JOINS = 1 << 3,   /* many joins by one referrer within an hour */
	FLAG_SAME_MAILBOX = 1 << 4, /* the referrer's own mailbox, by a tag or by Gmail's dots */
	FLAG_LINK_IN_NAME = 1 << 5, /* a URL in the first name */
	FLAG_ROBOT = 1 << 6,        /* filled the trap of the form, or was faster than people */
};
enum user_review { REVIEW_NONE, REVIEW_PENDING, REVIEW_ACCEPTED, REVIEW_REJECTED };
enum user_source {
	SOURCE_DIRECT = 1,
	SOURCE_REFERRED,
	SOURCE_API,
	SOURCE_ADDED,
	SOURCE_ZAPIER,
	SOURCE_WIDGET,
	SOURCE_POPUP,
	SOURCE_EMBED,
	SOURCE_TEST,
};
enum event_type {
	EVENT_USER_JOIN = 1,
	EVENT_USER_QUALIFIED,
	EVENT_USER_UNQUALIFIED,
	EVENT_REWARD_DUE,
	EVENT_REWARD_ISSUED,
	EVENT_REWARD_CANCELLED,
	EVENT_WEBHOOK_DISABLED,
	EVENT_DELIVERY_EXHAUSTED,
	EVENT_USER_LINK_REQUESTED, /* somebody entered the user's address and wants the way back */
	EVENT_USER_UPDATED,        /* name, address, form fields or code; or resubscribed */
	EVENT_USER_UNSUBSCRIBED,
	EVENT_USER_ERASED,   /* no name, address or form field; sent after the user is erased */
	EVENT_USER_FLAGGED,  /* the join is suspicious */
	EVENT_USER_REVIEWED, /* a person has decided about it */
	EVENT_TYPE_END,      /* one more than the last type: add a new type above this line */
};
enum webhook_method { WEBHOOK_POST, WEBHOOK_GET, WEBHOOK_PUT, WEBHOOK_PATCH };
enum webhook_format { FORMAT_QUERY, FORMAT_FORM, FORMAT_JSON, FORMAT_STANDARD };
enum webhook_order { ORDER_PER_USER, ORDER_NONE, ORDER_STRICT };
/* Why a webhook is disabled. Versions before 0.3 recorded only the text. */
enum webhook_disabled_by {
	DISABLED_BY_0_2,
	DISABLED_BY_GONE,
	DISABLED_BY_FAILING,
	DISABLED_BY_OPERATOR
};
enum delivery_status {
	DELIVERY_PENDING = 1,
	DELIVERY_HELD,
	DELIVERY_DELIVERED,
	DELIVERY_EXHAUSTED,
	DELIVERY_CANCELLED,
};

/* Settings by name ("code_key", "first_start", ...). */
struct setting {
	struct text name; /* key */
	struct text value;
};

struct campaign {
	uint64_t id; /* key */
	struct text name, lang;
	uint64_t status, starts_ms, ends_ms, created_ms;
	uint64_t existing;
	uint64_t test_mode; /* new users are tests: they are marked, and no counter counts them */
	struct pairs fields_referring, fields_invited; /* (id, definition); see core/form_field.h */
	/* the page for an invited person after joining; empty: referd's own page */
	struct text redirect_url;
	struct pairs redirect_params; /* (what, parameter's name); see core/redirect.h */
	struct pairs texts;           /* (name, text): texts of the pages, and texts for sharing */
	struct text logo_url, colour; /* "#1a2b3c" */
	struct pairs origins;     /* (origin, ""): sites that may post joins and frame the page */
	struct text alias;        /* the code from an earlier programme; empty: the computed code */
	struct text timezone;     /* an IANA name; empty: UTC */
	struct pairs pass_params; /* (name, ""); see core/pass_param.h */
};

/* The counters of a campaign. Commands only add to them (tx_add): each join of a campaign does, and
 * no join depends on the sums. */
struct campaign_stats {
	uint64_t campaign_id;                 /* key */
	uint64_t users, referrals, qualified; /* without tests */
	uint64_t tests;                       /* users who joined in test mode */
	uint64_t reach;                       /* views of the campaign's own page */
};

struct user {
	uint64_t id; /* key */
	uint64_t campaign_id, referrer_id;
	uint64_t type, source;
	uint64_t joined_ms, qualified_ms;
	struct text first_name, email; /* as entered, trimmed */
	struct text ip;                /* 4 or 16 bytes */
	struct pairs meta;             /* further form fields: (id, value) */
	struct text alias;             /* the imported or chosen code; empty: the computed code */
	uint64_t test;                 /* joined in test mode: no counter counts this user */
	uint64_t unsubscribed_ms;
	uint64_t flags, review; /* enum user_flag, enum user_review */
	/* the newest event about this user: the head of a chain of events */
	uint64_t last_event_id;
	/* The hash of the newest standing order: the head of a list of orders. If it is empty, a
	 * qualified user was qualified by a request without an order_id. */
	struct text newest_order;
	/* The number of the token (core/code.h) of the form from which the user came, or 0. */
	uint64_t form_number;
	uint64_t alias_chosen; /* `alias` was chosen later, so it also matches in another case */
	/* Earlier aliases, which still work: (code, FORMER_CHOSEN or ""). */
	struct pairs former_codes;
};
#define FORMER_CHOSEN "chosen"
enum { FORMER_CODES_MAX = 20 };

/* A referrer's counters. They are hot, and hold no personal data. A command reads and rewrites
 * them: each referral must get its own number, because a rule may reward exactly the fifth. Views
 * of the link are added to the same row, but only every three seconds. */
struct user_stats {
	uint64_t user_id;                        /* key */
	uint64_t referrals, qualified_referrals; /* without tests */
	uint64_t reach;                          /* views of the user's link */
	uint64_t hour_ms, hour_joins; /* joins through the link in the hour that began at hour_ms */
	/* The newest users whom this user referred, tests too: ascending ids, 8 bytes each. They
	 * have no row of USERS_OF_REFERRER yet, because a row for each join would dirty a page of
	 * its own. */
	struct text newest;
};
enum { USER_NEWEST_MAX = 16 };

/* An imported or chosen code, and the user or campaign that has it. A chosen code has a second row,
 * whose key is ALIAS_FOLDED and the code in lower case. */
#define ALIAS_FOLDED "~"
struct alias {
	struct text code;              /* key, at most ALIAS_MAX bytes */
	uint64_t user_id, campaign_id; /* exactly one is set */
};

/* Indexes of users. `by` is enum user_index; `number` is the campaign's id, the referrer's id, or
 * the state of the review. A referrer's newest users are in user_stats.newest instead. */
struct user_by {
	uint64_t by, number, user_id; /* key */
};
enum user_index { USERS_OF_CAMPAIGN = 1, USERS_OF_REFERRER, USERS_IN_REVIEW };

/* Counters of a campaign for one day of its time zone, without tests. A command adds to them
 * (tx_add) together with the change that it makes; it never reads them. Later erasures and changes
 * of the time zone leave the counters as they are. */
struct day {
	uint64_t campaign_id, date; /* key; days since 1970-01-01 */
	uint64_t joins, referrals, qualified, unqualified;
	uint64_t rewards_due, rewards_issued, rewards_cancelled;
};

/* A campaign's users with the most referrals, as 0.1 and 0.2 kept them: (id, referrals) as 8 + 8
 * bytes. No command counts in it any more; its users are candidates of a ranking (rank.h). */
struct leaders {
	uint64_t campaign_id; /* key */
	struct text entries;
};

/* A user whose data a job is erasing from events, deliveries and attempts, slice by slice. */
struct erasure {
	uint64_t user_id;       /* key */
	uint64_t last_event_id; /* the head of the chain of events */
	uint64_t phase, next;   /* see core/erase.h */
	uint64_t created_ms;
	/* the user whose events are next: the erased user, then each user whom that user
	 * referred */
	uint64_t person_id;
};

/* Index of users by e-mail address. `hash` is a keyed hash of campaign and address
 * (codes_hash_email). Different addresses may share a hash, so a look-up compares the stored
 * address of each listed user. user_ids: 8 bytes each, big-endian. */
struct email_index {
	uint64_t hash; /* key */
	struct text user_ids;
};

/* The response to a request that had an Idempotency-Key. */
struct idempotency {
	struct text hash;         /* key, 16 bytes: the hash of scope and Idempotency-Key */
	struct text request_hash; /* 16 bytes: the same key with another request is refused */
	uint64_t at_ms;
	uint64_t user_id;
	uint64_t changed;      /* `created` or `changed` of the response */
	uint64_t qualified_ms; /* `qualified_at` of the response */
	struct text rewards;   /* `rewards` of the response (reward_changes.h) */
	uint64_t object_id;    /* the object, not a user, that the request created */
};

struct idempotency_age {
	uint64_t at_ms;   /* key */
	struct text hash; /* key */
	/* From the sequence of this kind. The difference between two numbers says how many rows lie
	 * between them, without counting. */
	uint64_t number;
};

/* An event: a snapshot that never changes, except that erasing a person removes personal data. So a
 * payload that is made from it is always the same. */
struct event {
	uint64_t id; /* key */
	uint64_t type, at_ms;
	uint64_t campaign_id, user_id, referrer_id;
	uint64_t user_type, source;
	uint64_t joined_ms, qualified_ms;
	uint64_t referrals, qualified_referrals; /* the user's own */
	struct text first_name, email, ip;
	struct text referrer_first_name, referrer_email;
	struct text public_url;
	struct pairs meta;
	uint64_t test; /* sent by a webhook's test, or about a user who joined in test mode */
	/* Members of operator events: the webhook that the event is about. */
	uint64_t about_webhook_id;
	struct text about_name, reason;
	uint64_t since_ms, pending;
	struct text alias, referrer_alias; /* codes from an earlier programme; empty without one */
	/* the previous event about the same user: erasing follows this chain */
	uint64_t previous_id;
	/* Members of reward events. user_id is the recipient. */
	uint64_t rule_id, reward_id, reward_metric, reward_amount, recipient;
	struct text reward_name, reward_currency, reward_coupon;
	/* the reward was cancelled after it was issued, so it is to be taken back */
	uint64_t reward_clawback;
	/* the total amount of the reward that is to be taken back */
	uint64_t reward_clawback_amount;
	/* the user was erased: no personal data is left, and the event is never sent */
	uint64_t erased;
	/* The days of joined_ms and qualified_ms in the campaign's time zone, since 1970-01-01; 0:
	 * the day in UTC. They are stored, so that a payload stays the same if the campaign's time
	 * zone changes. */
	uint64_t joined_day, qualified_day;
	uint64_t flags, review; /* of the user */
};

struct webhook {
	uint64_t id; /* key */
	struct text name;
	uint64_t campaign_id; /* 0: all */
	uint64_t events;      /* bit 1 << event_type */
	uint64_t types;       /* bit 1 << user_type; 0: all */
	uint64_t sources;     /* bit 1 << user_source; 0: all */
	struct text url;
	uint64_t method, format, order;
	struct pairs fields;  /* (field, as) */
	struct pairs hidden;  /* (name, value) */
	struct pairs headers; /* (name, sealed value), see webhook_headers.h */
	uint64_t revision;    /* the current webhook_revision */
	uint64_t created_ms, updated_ms;
	uint64_t disabled_ms; /* 0: active */
	struct text disabled_reason;
	struct text secret;            /* sealed */
	uint64_t connect_ms, total_ms; /* 0: the default */
	/* sealed; messages are also signed with it until old_secret_until_ms */
	struct text old_secret;
	uint64_t old_secret_until_ms;
	uint64_t concurrency; /* requests at a time; 0: the default */
	uint64_t rate; /* attempts a second; 0: the rate of the host, see delivery/limits.c */
	uint64_t disable_after_ms; /* disabled after failing for so long; 0: the default */
	struct text schedule;      /* seconds between attempts, 8 bytes each; empty: the default */
	uint64_t rule_id;          /* only reward events of this rule; 0: of all rules */
	/* statuses outside 2xx that count as delivered, 8 bytes each */
	struct text success_statuses;
	uint64_t fields_are; /* enum webhook_fields */
	/* "https://host:port", as the URL parser reads it from `url`. The header values are only
	 * for this origin. */
	struct text origin;
	/* (name, value), as 0.1 stored headers; the next start seals them */
	struct pairs plain_headers;
	uint64_t disabled_by;    /* enum webhook_disabled_by; counts while disabled_ms is set */
	uint64_t disabled_actor; /* the number of an actor (core/actor.h); likewise */
	uint64_t times_enabled;  /* by an operator, also while it was active */
};

/* The origin of a webhook's fields. */
enum webhook_fields {
	FIELDS_BY_0_1, /* 0.1 did not record it */
	FIELDS_CHOSEN,
	FIELDS_DEFAULT, /* the default fields of the webhook's events */
};

/* The settings from which payloads are made. A delivery names the revision that was current when
 * the delivery was created; a stored revision never changes. */
struct webhook_revision {
	uint64_t webhook_id, revision; /* key */
	uint64_t method, format;
	struct pairs fields, hidden;
	uint64_t arrays; /* a number in a JSON name makes an array; 0 in revisions of 0.1 */
};

/* The webhooks of one campaign (0: of all campaigns). ids: 8 bytes each, big-endian. */
struct webhook_set {
	uint64_t campaign_id; /* key */
	struct text webhook_ids;
};

/* One event on its way to one webhook. A pending delivery of a disabled webhook is shown as
 * held. */
struct delivery {
	uint64_t id; /* key */
	uint64_t event_id, webhook_id, revision, user_id;
	uint64_t status, attempts;
	uint64_t created_ms, finished_ms;
	uint64_t due_ms;  /* on the steady clock (base/loop.h) of the process that wrote it */
	uint64_t next_id; /* the next delivery of the same chain, which waits for this one */
	/* It waits behind another delivery of its chain, and has no due row. If it is cancelled
	 * while it waits, it keeps its place in the chain until the delivery before it has
	 * ended. */
	uint64_t waiting;
	uint64_t chained, chain_user_id;    /* the chain that it joined when it was created */
	uint64_t last_status, last_failure; /* HTTP status, or enum http_failure */
	uint64_t event_type;
	/* attempts before it was last queued: the schedule starts again from there */
	uint64_t round_start;
	uint64_t test;
	/* attempts since round_start in which the receiver refused the message */
	uint64_t refusals;
	struct text reason; /* why it is exhausted */
	/* its message id is derived from event and webhook; 0.1 derived it from its own id */
	uint64_t derived;
};

/* The delivery of an event to a webhook. There is at most one. */
struct event_delivery {
	uint64_t event_id, webhook_id; /* key */
	uint64_t delivery_id;
};

/* Indexes of deliveries. `by` is enum delivery_index; `number` is the webhook, the user, the event
 * type or the status. */
struct delivery_by {
	uint64_t by, number, delivery_id; /* key */
};
enum delivery_index { BY_WEBHOOK = 1, BY_USER, BY_EVENT_TYPE, BY_STATUS };

/* A replay: sends the events of a period to one webhook again. */
struct replay {
	uint64_t id; /* key */
	uint64_t webhook_id, since_ms, until_ms;
	/* bits 1 << delivery_status of existing deliveries; bit 0: events without a delivery */
	uint64_t statuses;
	uint64_t next_event;        /* the event at which it continues; 0: it has not begun */
	uint64_t last_event;        /* the last event of the replay */
	uint64_t looked_at, queued; /* so far */
	uint64_t created_ms, finished_ms;
};

/* Due rows: the deliveries to send, by webhook and time. */
struct due {
	uint64_t webhook_id, due_ms, delivery_id; /* key */
};

/* A chain of deliveries that go one after another: those about one user or, with ORDER_STRICT, all
 * of the webhook (user_id 0). A command reads and rewrites it, because the order is exact. */
struct chain {
	uint64_t webhook_id, user_id; /* key */
	/* its newest delivery; the row is deleted when the last delivery has ended */
	uint64_t last_id;
};

/* The result of one attempt. */
struct attempt {
	uint64_t delivery_id, number; /* key */
	uint64_t at_ms;
	uint64_t status, failure;
	uint64_t dns_us, connect_us, tls_us, first_byte_us, total_us;
	uint64_t reused;
	struct text detail, answer;
	uint64_t accepted; /* the status is outside 2xx, and success_statuses lists it */
	uint64_t secret;   /* the request held a header value, a coupon or a personal URL */
};

/* Counters of a webhook. Commands add to the first four (tx_add), because all joins of a campaign
 * share them; only an event of the operator reads how many deliveries are pending. */
struct webhook_stats {
	uint64_t webhook_id; /* key */
	uint64_t pending, delivered, exhausted, cancelled;
	/* The health as 0.1 and 0.2 stored it. No command writes it: see core/webhook_health.h. */
	uint64_t failing_since_ms, failures, failing_ms;
	uint64_t last_attempt_ms, last_success_ms;
	uint64_t last_status, last_failure;
	struct text last_detail;
};

struct token {
	struct text hash; /* key: SHA-256 of the token */
	uint64_t id;
	struct text name;
	uint64_t scopes; /* bits of enum token_scope */
	uint64_t created_ms, expires_ms;
};

/* A person who is signed in to the dashboard (core/session.h). */
struct session {
	struct text hash;  /* key: SHA-256 of the cookie's value */
	uint64_t token_id; /* the API token that opened it; 0: an operator did */
	uint64_t created_ms, seen_ms;
	uint64_t operator_id;      /* who signed in with a password; 0: a token opened it */
	uint64_t password_version; /* of that operator, when the session was opened */
};

enum token_scope { SCOPE_READ = 1, SCOPE_WRITE = 2, SCOPE_ADMIN = 4 };

enum { ALIAS_MAX = 64 };

#endif
