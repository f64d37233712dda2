/*
 * Every record referd keeps. The structs are what core works with, the tables in records.c what is
 * stored (store/record.h says how, and how to change them). Times are Unix milliseconds, 0 is none.
 */
#ifndef CORE_RECORDS_H
#define CORE_RECORDS_H

#include "core/record_kinds.h"
#include "store/record.h"

/* Stored numbers: never renumber. */
enum campaign_status { CAMPAIGN_DRAFT, CAMPAIGN_LAUNCHED, CAMPAIGN_PAUSED, CAMPAIGN_ARCHIVED };
enum campaign_existing { EXISTING_CODE, EXISTING_GENERIC };
enum user_type { USER_REFERRING = 1, USER_INVITED = 2 };
/* Why a join looks suspicious: bits. */
enum user_flag {
	FLAG_SAME_ADDRESS = 1 << 0, /* the referrer's own network address */
	FLAG_PLUS_ADDRESS = 1 << 1, /* "+" in the e-mail's local part */
	FLAG_DISPOSABLE = 1 << 2,   /* a throw-away mail domain */
	FLAG_MANY_JOINS = 1 << 3,   /* many joins by one referrer within an hour */
	FLAG_SAME_MAILBOX = 1 << 4, /* the referrer's own mailbox, by a tag or by Gmail's dots */
	FLAG_LINK_IN_NAME = 1 << 5, /* a URL in the first name */
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
	EVENT_TYPE_END, /* behind the last type: a new type goes above this line */
};
/* Bits 1 << event_type. All other events are about a user. */
enum {
	REWARD_EVENTS =
	    1 << EVENT_REWARD_DUE | 1 << EVENT_REWARD_ISSUED | 1 << EVENT_REWARD_CANCELLED,
	OPERATOR_EVENTS = 1 << EVENT_WEBHOOK_DISABLED | 1 << EVENT_DELIVERY_EXHAUSTED,
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
	uint64_t test_mode; /* who joins is a test: marked, and kept out of the counts */
	struct pairs fields_referring, fields_invited; /* (id, definition); see core/form_field.h */
	struct text redirect_url; /* where an invited person goes after joining; empty: our page */
	struct pairs redirect_params; /* (what, parameter's name); see core/redirect.h */
	struct pairs texts;           /* (which, text) of the pages and of sharing */
	struct text logo_url, colour; /* "#1a2b3c" */
	struct pairs origins;         /* (origin, ""): may post to it and frame its page */
	struct text alias;            /* the code it had elsewhere; empty: the computed one */
	struct text timezone;         /* of its dates, an IANA name; empty: UTC */
	struct pairs pass_params;     /* (name, ""); see core/pass_param.h */
};

/* Counters apart from what is edited, so that a join rewrites little. */
struct campaign_stats {
	uint64_t campaign_id;                 /* key */
	uint64_t users, referrals, qualified; /* without tests */
	uint64_t tests;                       /* users of the test mode */
	uint64_t reach;                       /* views of its own page */
};

struct user {
	uint64_t id; /* key */
	uint64_t campaign_id, referrer_id;
	uint64_t type, source;
	uint64_t joined_ms, qualified_ms;
	struct text first_name, email; /* as given, trimmed */
	struct text ip;                /* 4 or 16 bytes */
	struct pairs meta;             /* further form fields: (id, value) */
	struct text alias;             /* the code it had elsewhere; empty: the computed one */
	uint64_t test;                 /* made in test mode: counted nowhere */
	uint64_t unsubscribed_ms;
	uint64_t flags, review; /* enum user_flag, enum user_review */
	uint64_t last_event_id; /* the newest event about this user: the head of a chain */
	struct text
	    newest_order; /* the hash of the newest standing order: the head of a list. A qualified
			     user without one was qualified by a request without an order_id */
};

/* A referrer's counters: no personal data, hot. */
struct user_stats {
	uint64_t user_id;                        /* key */
	uint64_t referrals, qualified_referrals; /* without tests */
	uint64_t reach;                          /* views of the user's link */
	uint64_t hour_ms, hour_joins; /* joins by the link in the hour that began at hour_ms */
	/* The newest ones this user referred, tests too, 8 bytes each, ascending: those that have
	 * no row of USERS_OF_REFERRER yet. A row for each join would dirty a page of its own. */
	struct text newest;
};
enum { USER_NEWEST_MAX = 16 };

/* A code that came from elsewhere (an import): whose it is. */
struct alias {
	struct text code;              /* key, at most ALIAS_MAX bytes */
	uint64_t user_id, campaign_id; /* one of them */
};

/* Users by what they are looked for by: `number` is the campaign's or referrer's id, or the state
 * of the review. A referrer's newest ones are in user_stats.newest instead. */
struct user_by {
	uint64_t by, number, user_id; /* key */
};
enum user_index { USERS_OF_CAMPAIGN = 1, USERS_OF_REFERRER, USERS_IN_REVIEW };

/* What happened in a campaign on a day of its time zone, counted with its cause. Neither later
 * erasures nor another time zone change what was counted. Without tests. */
struct day {
	uint64_t campaign_id, date; /* key; days since 1970-01-01 */
	uint64_t joins, referrals, qualified, unqualified;
	uint64_t rewards_due, rewards_issued, rewards_cancelled;
};

/* A campaign's users with the most referrals: (id, referrals) as 8 + 8 bytes, most first. */
struct leaders {
	uint64_t campaign_id; /* key */
	struct text entries;
};

/* A person to be erased from events, deliveries and attempts, in slices. */
struct erasure {
	uint64_t user_id;       /* key */
	uint64_t last_event_id; /* the head of the chain of events */
	uint64_t phase, next;   /* see core/erase.h */
	uint64_t created_ms;
	uint64_t person_id; /* whose events are being looked at: the user's, then those of each
			       referred one */
};

/* Who has this address in this campaign: `hash` is a keyed hash of both (codes.h), the stored
 * address of each user in the list is compared. user_ids: 8 bytes each, big-endian. */
struct email_index {
	uint64_t hash; /* key */
	struct text user_ids;
};

/* A request that was made before: (scope, key) hashed. */
struct idempotency {
	struct text hash;         /* key, 16 bytes */
	struct text request_hash; /* 16 bytes: the same key with another body is refused */
	uint64_t at_ms;
	uint64_t user_id;
	uint64_t changed;      /* the answer's created or changed */
	uint64_t qualified_ms; /* the answer's qualified_at */
	struct text rewards;   /* the answer's rewards (reward_changes.h) */
};

struct idempotency_age {
	uint64_t at_ms;   /* key */
	struct text hash; /* key */
	uint64_t
	    number; /* of this kind's sequence: how many are younger is known without counting */
};

/* What happened: a snapshot that never changes, so that payloads made from it never do; but for the
 * erasing of a person. */
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
	uint64_t test; /* made up by a test: not about a real user */
	/* Of operator events: the webhook they are about. */
	uint64_t about_webhook_id;
	struct text about_name, reason;
	uint64_t since_ms, pending;
	struct text alias, referrer_alias; /* codes from elsewhere, where they have one */
	uint64_t previous_id; /* the event before about the same user: a chain, for erasing */
	/* Of reward events; the user is the recipient. */
	uint64_t rule_id, reward_id, reward_metric, reward_amount, recipient;
	struct text reward_name, reward_currency, reward_coupon;
	uint64_t reward_clawback; /* cancelled after it was issued: to be taken back; `reason` is
				     the reward's */
	uint64_t
	    reward_clawback_amount; /* how much of the reward is to be taken back, all in all */
	uint64_t erased; /* the person was erased: nothing personal is left, and it is never sent */
	/* The days of joined_ms and qualified_ms in the campaign's time zone, since 1970-01-01; 0:
	 * as in UTC. Kept here, so that a payload stays what it was when the campaign gets another
	 * time zone. */
	uint64_t joined_day, qualified_day;
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
	uint64_t revision;    /* of what its payloads are made from */
	uint64_t created_ms, updated_ms;
	uint64_t disabled_ms; /* 0: active */
	struct text disabled_reason;
	struct text secret;            /* sealed */
	uint64_t connect_ms, total_ms; /* 0: the default */
	struct text old_secret;        /* sealed; signs too until old_secret_until_ms */
	uint64_t old_secret_until_ms;
	uint64_t concurrency;      /* requests at a time; 0: the default */
	uint64_t rate;             /* attempts a second; 0: by host, see delivery/limits.c */
	uint64_t disable_after_ms; /* of nothing but failures; 0: the default */
	struct text schedule;      /* seconds between attempts, 8 bytes each; empty: the default */
	uint64_t rule_id;          /* reward events of this rule only; 0: of all */
	struct text success_statuses; /* that count as delivered beside 2xx, 8 bytes each */
	uint64_t fields_are;          /* enum webhook_fields */
	/* "https://host:port" of the url as its parser reads it: header values are for this place
	 * alone. */
	struct text origin;
	struct pairs
	    plain_headers;    /* (name, value), as 0.1 stored them; the next start seals them */
	uint64_t disabled_by; /* enum webhook_disabled_by; counts while disabled_ms is set */
};

/* Where a webhook's fields come from. */
enum webhook_fields {
	FIELDS_BY_0_1, /* 0.1 did not say */
	FIELDS_CHOSEN,
	FIELDS_DEFAULT, /* they follow the events */
};

/* What payloads are made from, kept as it was: a delivery names the revision it was made for. */
struct webhook_revision {
	uint64_t webhook_id, revision; /* key */
	uint64_t method, format;
	struct pairs fields, hidden;
	uint64_t arrays; /* a number in a JSON name makes an array; not in those that 0.1 made */
};

/* The webhooks of one campaign (0: of all campaigns). ids: 8 bytes each, big-endian. */
struct webhook_set {
	uint64_t campaign_id; /* key */
	struct text webhook_ids;
};

/* One event going to one webhook. What is pending of a disabled webhook is shown as held. */
struct delivery {
	uint64_t id; /* key */
	uint64_t event_id, webhook_id, revision, user_id;
	uint64_t status, attempts;
	uint64_t created_ms, finished_ms;
	uint64_t due_ms;  /* on the steady clock (base/loop.h) of the process that wrote it */
	uint64_t next_id; /* the next of the same order chain, waiting for this one */
	uint64_t waiting; /* behind another one of its chain: not in the due index; cancelled there
			     it keeps its place until that one has ended */
	uint64_t chained, chain_user_id;    /* the chain it was put into when it was made */
	uint64_t last_status, last_failure; /* HTTP status, or enum http_failure */
	uint64_t event_type;
	uint64_t
	    round_start; /* attempts made before it was last queued: the schedule begins anew */
	uint64_t test;
	uint64_t refusals;  /* attempts since then that were refusals of the message */
	struct text reason; /* why it is exhausted */
	uint64_t derived;   /* its webhook-id follows from event and webhook; 0.1 took its own id */
};

/* Which delivery an event has at a webhook: at most one. */
struct event_delivery {
	uint64_t event_id, webhook_id; /* key */
	uint64_t delivery_id;
};

/* Deliveries by what they are looked for by; `by` says which index (enum delivery_index), `number`
 * is the webhook's, user's, event type's or status's. */
struct delivery_by {
	uint64_t by, number, delivery_id; /* key */
};
enum delivery_index { BY_WEBHOOK = 1, BY_USER, BY_EVENT_TYPE, BY_STATUS };

/* A replay: events of a time, again for one webhook. */
struct replay {
	uint64_t id; /* key */
	uint64_t webhook_id, since_ms, until_ms;
	uint64_t
	    statuses; /* of existing deliveries: bits 1 << delivery_status; bit 0: missing ones */
	uint64_t next_event;        /* where it goes on; 0: not begun */
	uint64_t last_event;        /* the last one to look at */
	uint64_t looked_at, queued; /* so far */
	uint64_t created_ms, finished_ms;
};

/* What is to be sent: per webhook by time. */
struct due {
	uint64_t webhook_id, due_ms, delivery_id; /* key */
};

/* Deliveries that must go one after another: of one user (or, in strict order, user 0). */
struct chain {
	uint64_t webhook_id, user_id; /* key */
	uint64_t last_id; /* the newest undelivered one; the row goes when none is left */
};

/* How one attempt went. */
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

/* Counters of a webhook. */
struct webhook_stats {
	uint64_t webhook_id; /* key */
	uint64_t pending, delivered, exhausted, cancelled;
	uint64_t failing_since_ms; /* nothing but failures since; 0: the last attempt succeeded */
	uint64_t failures;         /* in a row */
	uint64_t failing_ms;       /* how long it has failed while referd watched */
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
	uint64_t token_id; /* the API token that opened it */
	uint64_t created_ms, seen_ms;
};

enum token_scope { SCOPE_READ = 1, SCOPE_WRITE = 2, SCOPE_ADMIN = 4 };

enum { ALIAS_MAX = 64 };

/* A user's order, with the first response to it. The empty order_id is the qualification that named
 * no order: it has a record where there are other orders, or rewards that it alone has earned. */
struct order {
	uint64_t user_id; /* key */
	struct text hash; /* key, 16 bytes of SHA-256 of the order_id */
	uint64_t changed, qualified_ms, at_ms;
	struct text rewards; /* what it earned, as it was answered (reward_changes.h) */
	uint64_t state;      /* enum order_state */
	uint64_t has_amount, amount_e4, refunded_e4; /* in 1/10,000 of the currency's unit */
	struct text currency; /* empty: the currency of each commission rule */
	struct text older,
	    newer; /* hashes of its neighbours in the user's list of standing orders */
};
/* Stored numbers: never renumber. */
enum order_state {
	ORDER_SEEN,     /* by referd 0.1, which kept no more than the response */
	ORDER_STANDS,   /* is in the list of its user */
	ORDER_REFUNDED, /* as a whole */
};

/* A refund of an order up to a total, with the first response to it. */
struct refund {
	uint64_t user_id;  /* key */
	uint64_t total_e4; /* key; REFUND_WHOLE: the whole order */
	struct text hash;  /* key, of the order */
	uint64_t changed, qualified_ms, at_ms;
	struct text rewards;
};
#define REFUND_WHOLE UINT64_MAX

/* Lists of ids (or other numbers) in a text: 8 bytes each, big-endian. */
enum { ID_LIST_ENTRY = 8 };
size_t id_list_length(struct text list);
uint64_t id_list_at(struct text list, size_t i);
bool id_list_holds(struct text list, uint64_t id);
/** Writes one entry. */
void id_list_write(uint64_t id, char out[ID_LIST_ENTRY]);
/** A new list with id at its end, or without id. ERR_NO_MEMORY. */
enum err id_list_add(struct text list, uint64_t id, struct arena *arena,
		     struct text *out) WARN_UNUSED;
enum err id_list_remove(struct text list, uint64_t id, struct arena *arena,
			struct text *out) WARN_UNUSED;

#endif
