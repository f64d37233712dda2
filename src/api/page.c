/*
 * Owns the HTML that people see: form, thanks, refusals. No script, no outside resource. Never a rule.
 * Called by the join calls.
 */
#include "page.h"

#include "core/who.h"

void page_escape(struct buf *out, struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		switch (t.p[i]) {
		case '&':
			buf_str(out, "&amp;");
			break;
		case '<':
			buf_str(out, "&lt;");
			break;
		case '>':
			buf_str(out, "&gt;");
			break;
		case '"':
			buf_str(out, "&quot;");
			break;
		case '\'':
			buf_str(out, "&#39;");
			break;
		default:
			buf_char(out, t.p[i]);
		}
	}
}

static struct buf *begin(struct call *call, struct text title)
{
	struct buf *out = &call->api->out;
	buf_reset(out);
	buf_str(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
		     "<title>");
	page_escape(out, title);
	buf_str(out, "</title></head><body><main><h1>");
	page_escape(out, title);
	buf_str(out, "</h1>\n");
	return out;
}

static void end(struct call *call, int status)
{
	const struct http_header headers[] = {
	    {TEXT("Content-Security-Policy"),
		TEXT("default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")},
	    {TEXT("Referrer-Policy"), TEXT("no-referrer")},
	    {TEXT("Cache-Control"), TEXT("no-store")},
	};
	buf_str(&call->api->out, "</main></body></html>\n");
	const struct http_reply reply = {
	    .status = call->api->out.failed ? 503 : status,
	    .content_type = TEXT("text/html; charset=utf-8"),
	    .body = buf_view(&call->api->out),
	    .headers = headers,
	    .n_headers = sizeof headers / sizeof *headers,
	};
	http_reply(call->req, &reply);
}

void page_reply_message(struct call *call, int status, const char *message)
{
	struct buf *out = begin(call, status < 400 ? TEXT("Thank you") : TEXT("Sorry"));
	buf_str(out, "<p>");
	page_escape(out, text_of(message));
	buf_str(out, "</p>\n");
	end(call, status);
}

void page_reply_joined(struct call *call, const struct user *user)
{
	char code[CODE_LENGTH + 1];
	struct buf url = {0};
	call_write_join_url(call, &url,
	    code_of_user(call->api->config.codes, user->id, user->alias, code));
	struct buf *out = begin(call, TEXT("Thank you for joining"));
	buf_str(out, "<p>Your own link, to share with friends:</p>\n<p><a href=\"");
	page_escape(out, buf_view(&url));
	buf_str(out, "\">");
	page_escape(out, buf_view(&url));
	buf_str(out, "</a></p>\n");
	buf_free(&url);
	end(call, 200);
}

void page_reply_form(struct call *call, struct text campaign, struct text invited_by)
{
	struct buf *out = begin(call, campaign);
	if (invited_by.n > 0) {
		buf_str(out, "<p>");
		page_escape(out, invited_by);
		buf_str(out, " invited you.</p>\n");
	}
	buf_str(out, "<form method=\"post\">\n"
		     "<p><label>First name<br><input name=\"first_name\" required maxlength=\"200\" "
		     "autocomplete=\"given-name\"></label></p>\n"
		     "<p><label>E-mail<br><input name=\"email\" type=\"email\" required "
		     "autocomplete=\"email\"></label></p>\n"
		     "<p><button>Join</button></p>\n</form>\n");
	end(call, 200);
}
