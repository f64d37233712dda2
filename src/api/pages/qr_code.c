/*
 * Owns the call for the QR code of a link. Never draws (qr.c, through qr_cache.c). Called through
 * the route table.
 */
#include "base/form.h"
#include "link.h"
#include "pages.h"
#include "qr_cache.h"

static bool wants_download(const struct call *call)
{
	struct text rest = call->req->query, name, value;
	while (form_next(&rest, &call->req->arena, &name, &value) == ERR_OK)
		if (text_eq(name, TEXT("download")))
			return text_eq(value, TEXT("1"));
	return false;
}

/* The QR code shows the link with the requested code, also if that code is an alias. */
static void on_found(struct link *link)
{
	struct call *call = link->call;
	struct buf url = {0}, attachment = {0};
	struct text svg;
	call_write_join_url(call, &url, call->params[0]);
	buf_printf(&attachment, "attachment; filename=\"%.*s.svg\"", TEXT_ARGS(call->params[0]));
	const struct http_header headers[] = {
	    {TEXT("Content-Security-Policy"), TEXT("default-src 'none'")},
	    {TEXT("Content-Disposition"), buf_view(&attachment)},
	};
	if (url.failed || attachment.failed ||
	    qr_cache_find(call->api->qr_codes, buf_view(&url), &svg) != ERR_OK)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else
		call_reply_with(call, 200, "image/svg+xml", svg, headers,
				wants_download(call) ? 2 : 1);
	buf_free(&url);
	buf_free(&attachment);
}

const struct operation OP_QR_CODE = {
    .id = "getQrCode",
    .tag = "Joining",
    .summary = "Draw the QR code of a join link",
    .query = {{"download", "string", "1", "1: the browser saves the image as a file.", false}},
    .answers = {{200, ANSWER_SVG, NULL}},
};

void qr_code(struct call *call)
{
	struct link *link = call_alloc(call, sizeof *link);
	call->cache = "public, max-age=86400"; /* a link never changes */
	if (link != NULL)
		link_find(link, call, on_found);
}
