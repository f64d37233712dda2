/*
 * Owns the reading of join links with added characters: a dot, a bracket, an invisible character.
 * Never looks up the code (link.c). Called by api.c for paths without a route.
 */
#include "stray_link.h"

#include "api/pages/link.h"
#include "base/ascii.h"
#include "base/form.h"
#include "core/code_alias.h"
#include "routes.h"

static struct text behind(struct text t, size_t n)
{
	return text_from(t.p + n, t.n - n);
}

/* Returns the length of the HTML entity at the start of t; 0 for no entity. */
static size_t entity_length(struct text t)
{
	enum { NAME_MAX_BYTES = 10 };
	if (t.n < 2 || t.p[0] != '&')
		return 0;
	size_t n = t.p[1] == '#' ? 2 : 1, name = n;
	while (n < t.n && n - name < NAME_MAX_BYTES && ascii_is_alnum(t.p[n]))
		n++;
	return n > name && n < t.n && t.p[n] == ';' ? n + 1 : 0;
}

/* Returns t from its first letter or digit. */
static struct text skip_marks(struct text t)
{
	while (t.n > 0 && !ascii_is_alnum(t.p[0])) {
		size_t entity = entity_length(t);
		t = behind(t, entity > 0 ? entity : 1);
	}
	return t;
}

static struct text read_code(struct text *rest)
{
	size_t n = 0;
	while (n < rest->n &&
	       (ascii_is_alnum(rest->p[n]) || rest->p[n] == '-' || rest->p[n] == '_'))
		n++;
	struct text code = text_from(rest->p, n);
	*rest = behind(*rest, n);
	return code;
}

bool stray_link_read(struct text path, struct stray_link *link)
{
	const struct text join = TEXT("join");
	struct text rest = path;
	while (rest.n > 0 && rest.p[0] == '/') /* the base URL ended with a slash */
		rest = behind(rest, 1);
	*link = (struct stray_link){.code = read_code(&rest)};
	rest = skip_marks(rest);
	if (rest.n >= join.n && rest.p[-1] == '/' && text_ieq(text_from(rest.p, join.n), join)) {
		link->join = true;
		rest = skip_marks(behind(rest, join.n));
	}
	return rest.n == 0 && code_is_plausible(link->code);
}

static bool follow(struct call *call, bool join)
{
	switch (call->req->method) {
	case HTTP_GET:
	case HTTP_HEAD:
		join_short(call);
		return true;
	case HTTP_POST:
		if (join)
			join_post(call);
		return join;
	case HTTP_OPTIONS:
		if (join)
			join_options(call);
		return join;
	case HTTP_PUT:
	case HTTP_DELETE:
	case HTTP_PATCH:
	case HTTP_OTHER:
		break;
	}
	return false;
}

bool stray_link_follow(struct call *call)
{
	struct stray_link link;
	struct text path;
	if (form_decode_segment(call->req->path, &call->req->arena, &path) != ERR_OK)
		return false;
	if (stray_link_read(path, &link)) {
		call->params[0] = link.code;
		return follow(call, link.join);
	}
	if (!text_ends(path, TEXT("/join")))
		return false;
	link_reply_unknown(call);
	return true;
}
