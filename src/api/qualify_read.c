/*
 * Owns the reading of requests that qualify, from the body and from the query. Never decides
 * (core/qualify.c). Called by the calls that qualify.
 */
#include "qualify_read.h"

#include "api/call/person.h"
#include "base/ascii.h"
#include "base/decimal.h"
#include "core/money.h"

enum { ORDER_ID_MAX = 200 };

struct reader {
	struct call *call;
	const struct body *body;
	unsigned form;
	struct body query; /* the query, read like a form */
	bool noted;        /* the current field is wrong; reading continues with the next field */
};

static bool refuse(struct reader *r, const char *name, const char *problem)
{
	call_note(r->call, name, problem);
	r->noted = true;
	return false;
}

/* Returns false after it has replied. */
static bool read_query(struct reader *r)
{
	enum err err = body_read_query(r->call, &r->query);
	if (err == ERR_TOO_LARGE)
		call_reply_error(r->call, 400,
				 "the query has more than 64 fields: send at most 64");
	else if (err != ERR_OK)
		call_reply_err(r->call, err, NULL);
	return err == ERR_OK;
}

/* Returns false if the query has this field, but only the body is signed. */
static bool check_query(struct reader *r, const char *name, enum body_field in_query)
{
	if (in_query == BODY_ABSENT || (r->form & QUALIFY_BODY_ONLY) == 0)
		return true;
	return refuse(r, name,
		      "must be in the body, not in the query: the signature covers only the body");
}

static const char in_both[] = "has different values in the body and in the query: send it once";

/* Gets the field, trimmed; empty if it was not sent. `wrong` completes "field ..." for another kind
 * of JSON value or a repeated field. Returns false if the field is refused. */
static bool read_text(struct reader *r, const char *name, const char *wrong, struct text *value)
{
	struct text other;
	enum body_field in_body = body_text(r->body, name, true, value);
	enum body_field in_query = body_text(&r->query, name, true, &other);
	if (in_body == BODY_WRONG || in_query == BODY_WRONG)
		return refuse(r, name, wrong);
	if (!check_query(r, name, in_query))
		return false;
	if (value->n > 0 && other.n > 0 && !text_eq(*value, other))
		return refuse(r, name, in_both);
	if (value->n == 0)
		*value = other;
	return true;
}

/* A null has no meaning, so it must not qualify a user. */
static bool is_null(const struct body *body, const char *name)
{
	const struct json *v = body->is_json ? json_get(body->json, name) : NULL;
	return v != NULL && json_kind(v) == JSON_NULL;
}

static bool is_sent(const struct reader *r, const char *name)
{
	struct text value;
	return body_text(r->body, name, true, &value) != BODY_ABSENT || is_null(r->body, name) ||
	       body_text(&r->query, name, true, &value) != BODY_ABSENT;
}

/* Without the field, a call of the inbound webhook qualifies. */
static bool read_qualified(struct reader *r, struct qualify *q)
{
	static const char name[] = "qualified";
	bool other = true;
	q->qualified = true;
	enum body_field in_body = body_flag(r->body, name, &q->qualified);
	enum body_field in_query = body_flag(&r->query, name, &other);
	if (in_body == BODY_WRONG || in_query == BODY_WRONG || is_null(r->body, name))
		return refuse(r, name, "must be true, or false for a refund");
	if (!check_query(r, name, in_query))
		return false;
	if (in_body != BODY_ABSENT && in_query != BODY_ABSENT && other != q->qualified)
		return refuse(r, name, in_both);
	if (in_body == BODY_ABSENT)
		q->qualified = other;
	if ((r->form & QUALIFY_BY_API) == 0 || in_body != BODY_ABSENT || in_query != BODY_ABSENT)
		return true;
	return refuse(r, name, "is required: true, or false for a refund");
}

/* ---- who ---- */

/* An e-mail address names a user only within a campaign. */
static bool read_email(struct reader *r, struct text email, struct qualify *q)
{
	static const char wrong[] = "is required with email: send the id of a campaign";
	struct text campaign;
	struct email address;
	if (!person_read_email(r->call, email, &address) ||
	    !read_text(r, "campaign_id", wrong, &campaign))
		return false;
	q->who.canonical_email = address.canonical;
	return text_to_u64(campaign, &q->who.campaign_id) || refuse(r, "campaign_id", wrong);
}

static bool read_id(struct reader *r, struct qualify *q)
{
	static const char wrong[] = "must be the id of a user";
	struct text id;
	if ((r->form & QUALIFY_BY_API) == 0)
		return true;
	if (!read_text(r, "id", wrong, &id))
		return false;
	if (id.n == 0 || (text_to_u64(id, &q->who.id) && q->who.id != 0))
		return true;
	return refuse(r, "id", wrong);
}

static bool read_who(struct reader *r, struct qualify *q)
{
	static const char wrong[] = "must be sent once, as text";
	struct text code, coupon, email;
	if (!read_id(r, q))
		return false;
	if (q->who.id != 0)
		return true;
	if (!read_text(r, "code", wrong, &code) || !read_text(r, "coupon", wrong, &coupon) ||
	    !read_text(r, "email", wrong, &email))
		return false;
	/* A text that cannot be a code or a coupon is not refused here; the command treats it as
	 * unknown. */
	if (!call_keep(r->call, code, &q->who.code) || !call_keep(r->call, coupon, &q->who.coupon))
		return false;
	if (who_is_set(&q->who))
		return true;
	if (email.n > 0)
		return read_email(r, email, q);
	return refuse(r, "code",
		      "is required: send the user's code (or a coupon, or email and campaign_id)");
}

/* ---- order and amounts ---- */

static bool read_order(struct reader *r, struct qualify *q)
{
	static const char wrong[] = "must be text of at most 200 bytes";
	struct text order;
	if (!read_text(r, "order_id", wrong, &order))
		return false;
	/* A template with a missing value must not refund all orders. */
	if (order.n == 0 && !q->qualified && is_sent(r, "order_id"))
		return refuse(r, "order_id",
			      "is empty: send the id of the order, or leave order_id out to refund "
			      "all orders");
	return order.n <= ORDER_ID_MAX ? call_keep(r->call, order, &q->order_id)
				       : refuse(r, "order_id", wrong);
}

/* A program may have computed a JSON number, so it is rounded half up to the minor unit of the
 * currency in the request; without a currency, to the decimals of an amount. */
static enum err round_money(struct text number, struct text currency, uint64_t *value_e4)
{
	unsigned places = currency.n > 0 ? currency_places(currency) : AMOUNT_PLACES;
	enum err err = decimal_round(number, places, value_e4);
	for (; err == ERR_OK && places < AMOUNT_PLACES; places++)
		*value_e4 *= 10;
	return err;
}

/* Text must be an exact decimal with at most four places. */
static bool read_money(struct reader *r, const char *name, struct text currency, bool *given,
		       uint64_t *value_e4)
{
	static const char wrong[] = "must be a decimal number such as 49.90";
	struct text amount, number;
	if (!read_text(r, name, wrong, &amount))
		return false;
	if (amount.n == 0)
		return true;
	bool computed = json_number_text(json_get(r->body->json, name), &number);
	enum err err = computed ? round_money(number, currency, value_e4)
				: decimal_read(amount, AMOUNT_PLACES, value_e4);
	*given = err == ERR_OK;
	return *given ||
	       refuse(r, name,
		      err == ERR_TOO_LARGE ? "is too large: the largest is 999999999999999"
					   : wrong);
}

static bool read_amount(struct reader *r, struct qualify *q)
{
	return read_money(r, "amount", q->currency, &q->has_amount, &q->amount_e4);
}

static bool read_refund(struct reader *r, struct qualify *q)
{
	static const char name[] = "refund_amount";
	if (!read_money(r, name, q->currency, &q->has_refund, &q->refund_e4))
		return false;
	/* A template with a missing value must not refund the whole order. */
	if (!q->has_refund && !q->qualified && is_sent(r, name))
		return refuse(r, name,
			      "is empty: send the total refunded on this order so far, or leave "
			      "refund_amount out to refund the whole order");
	if (q->has_refund && q->qualified)
		return refuse(r, name, "is only for refunds: send qualified=false with it");
	if (q->has_refund && q->order_id.n == 0)
		return refuse(r, name, "refunds a part of one order: send the order_id too");
	return true;
}

/* Shops and payment providers write currencies in upper or lower case. */
static bool read_currency(struct reader *r, struct qualify *q)
{
	static const char wrong[] = "must be an ISO 4217 code such as EUR";
	struct text currency;
	if (!read_text(r, "currency", wrong, &currency))
		return false;
	char *upper = call_alloc(r->call, currency.n + 1);
	if (upper == NULL)
		return false;
	for (size_t i = 0; i < currency.n; i++)
		upper[i] = ascii_upper(currency.p[i]);
	q->currency = text_from(upper, currency.n);
	return currency.n == 0 || currency_plausible(q->currency) || refuse(r, "currency", wrong);
}

bool qualify_read(struct call *call, const struct body *body, unsigned form, struct qualify *q)
{
	static bool (*const fields[])(struct reader *, struct qualify *) = {
	    read_qualified, read_who, read_order, read_currency, read_amount, read_refund};
	struct reader r = {.call = call, .body = body, .form = form};
	bool ok = read_query(&r);
	for (size_t i = 0; ok && i < sizeof fields / sizeof *fields; i++) {
		r.noted = false;
		ok = fields[i](&r, q) || r.noted;
	}
	return ok;
}
