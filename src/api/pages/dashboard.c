/* Owns the sending of the dashboard's files. Never contains code of the dashboard, which is a
 * client of the API. Called through the route table and by assets.c.
 */
#include "dashboard.h"

#include "pages.h"

static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; "
			     "connect-src 'self'; img-src 'self' data:; "
			     "frame-src 'self'; base-uri 'none'; form-action 'none'; "
			     "frame-ancestors 'none'";

/* Does Accept-Encoding name the coding, and not with a weight of 0 (RFC 9110, section 12.5.3)? */
static bool accepts(const struct call *call, struct text coding)
{
	const struct text *header = http_request_header(call->req, TEXT("Accept-Encoding"));
	struct text rest = header != NULL ? *header : (struct text){0}, item, name, weight;
	while (rest.n > 0) {
		text_cut(rest, ',', &item, &rest);
		text_cut(item, ';', &name, &weight);
		weight = text_trim(weight);
		if (text_ieq(text_trim(name), coding))
			return !text_eq(weight, TEXT("q=0")) && !text_starts(weight, TEXT("q=0.0"));
	}
	return false;
}

static void reply_file(struct call *call, const struct dashboard_file *file, const char *type,
		       struct http_header *headers, size_t n)
{
	const struct text names[] = {
	    [DASHBOARD_GZIP] = TEXT("gzip"),
	    [DASHBOARD_BROTLI] = TEXT("br"),
	};
	enum dashboard_coding coding = DASHBOARD_BROTLI;
	while (coding != DASHBOARD_PLAIN && !accepts(call, names[coding]))
		coding--;
	headers[n++] = (struct http_header){TEXT("Vary"), TEXT("Accept-Encoding")};
	if (coding != DASHBOARD_PLAIN)
		headers[n++] = (struct http_header){TEXT("Content-Encoding"), names[coding]};
	call_reply_shared(call, type, text_from(file->bytes[coding], file->sizes[coding]), headers,
			  n);
}

bool dashboard_reply_asset(struct call *call, struct text name)
{
	struct http_header headers[CALL_HEADERS_MAX];
	for (const struct dashboard_file *f = DASHBOARD_FILES + 1; f->name != NULL; f++)
		if (text_eq(name, text_of(f->name))) {
			reply_file(call, f,
				   text_ends(name, TEXT(".js")) ? "text/javascript; charset=utf-8"
								: "text/css; charset=utf-8",
				   headers, 0);
			return true;
		}
	return false;
}

void dashboard_get(struct call *call)
{
	call->cache = "no-cache"; /* it has an ETag */
	struct http_header headers[CALL_HEADERS_MAX] = {
	    {TEXT("ETag"), text_of(DASHBOARD_ETAG)},
	    {TEXT("Content-Security-Policy"), text_of(policy)},
	};
	const struct text *known = http_request_header(call->req, TEXT("If-None-Match"));
	if (!call_wants_html(call))
		call_reply_text(call, 200, "text/plain",
				TEXT("referd is running. The dashboard is at this address in a "
				     "browser, the API at /api/v2, health at /healthz.\n"));
	else if (known != NULL && text_eq(*known, text_of(DASHBOARD_ETAG)))
		call_reply_with(call, 304, "", (struct text){0}, headers, 2);
	else
		reply_file(call, DASHBOARD_FILES, "text/html; charset=utf-8", headers, 2);
}
