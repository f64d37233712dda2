/*
 * Owns the addresses that share a link. Never knows whose link it is. Called by the files that
 * show a user, and by html_thanks.c.
 */
#include "sharing.h"

#include <stdlib.h>

#include "base/form.h"
#include "core/page_text.h"

/* Each word in braces is replaced by its value, percent-encoded. */
const struct sharing_network SHARING_NETWORKS[] = {
    {"facebook", "Facebook", "https://www.facebook.com/sharer/sharer.php?u={link}"},
    {"twitter", "X", "https://x.com/intent/post?text={text}&url={link}"},
    {"whatsapp", "WhatsApp", "https://wa.me/?text={message}"},
    {"linkedin", "LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={link}"},
    {"telegram", "Telegram", "https://t.me/share/url?url={link}&text={text}"},
    {"email", NULL, "mailto:?subject={subject}&body={message}"},
    {NULL, NULL, NULL},
};

static struct text subject_of(const struct campaign *campaign)
{
	struct text own = page_text_of(campaign, "share_subject");
	return own.n > 0 ? own : campaign->name;
}

/* The values of the words, percent-encoded. */
struct words {
	struct buf text, subject, link;
};

static void encode_texts(struct words *w, struct text subject, struct text text)
{
	*w = (struct words){0};
	form_encode_url(&w->text, text);
	form_encode_url(&w->subject, subject);
}

/* Frees the words. If an encoding has failed, `out` also counts as failed. */
static void free_words(struct words *w, struct buf *out)
{
	out->failed = out->failed || w->text.failed || w->subject.failed || w->link.failed;
	buf_free(&w->text);
	buf_free(&w->subject);
	buf_free(&w->link);
}

static void put_word(struct buf *out, struct text word, const struct words *w)
{
	bool message = text_eq(word, TEXT("message"));
	if (message || text_eq(word, TEXT("text")))
		buf_text(out, buf_view(&w->text));
	if (message && w->text.n > 0)
		buf_str(out, "%20");
	if (message || text_eq(word, TEXT("link")))
		buf_text(out, buf_view(&w->link));
	if (text_eq(word, TEXT("subject")))
		buf_text(out, buf_view(&w->subject));
}

static void write_url(struct buf *out, const struct sharing_network *network, const struct words *w)
{
	struct text rest = text_of(network->pattern), before, word;
	while (text_cut(rest, '{', &before, &rest)) {
		buf_text(out, before);
		text_cut(rest, '}', &word, &rest);
		put_word(out, word, w);
	}
	buf_text(out, before);
}

void sharing_write_url(struct buf *out, const struct sharing_network *network,
		       const struct campaign *campaign, struct text link)
{
	struct words words;
	encode_texts(&words, subject_of(campaign), page_text_of(campaign, "share_text"));
	form_encode_url(&words.link, link);
	write_url(out, network, &words);
	free_words(&words, out);
}

/* ---- the list, made once for all users of a campaign ---- */

/* Stands for the code in a list. Neither JSON nor a percent-encoded text contains this byte. */
static const char CODE_MARK = '\xFF';

/* The links of two users differ only in the code. So a list with marks is kept for each campaign,
 * together with the texts that it was made from. If the campaign now has other texts, the list is
 * made again. */
struct sharing_lists {
	struct sharing_list {
		struct buf subject, text;
		struct buf json;
	} slots[16]; /* a slot takes at most 14 KB, with the longest texts */
};

struct sharing_lists *sharing_lists_new(void)
{
	return calloc(1, sizeof(struct sharing_lists));
}

void sharing_lists_free(struct sharing_lists *lists)
{
	if (lists == NULL)
		return;
	for (size_t i = 0; i < sizeof lists->slots / sizeof *lists->slots; i++) {
		buf_free(&lists->slots[i].subject);
		buf_free(&lists->slots[i].text);
		buf_free(&lists->slots[i].json);
	}
	free(lists);
}

/* The link of every user, with the mark instead of the code. */
static void encode_link(struct buf *out, const struct call *call)
{
	struct text before, after;
	struct buf link = {0};
	call_write_short_url(call, &link, text_from(&CODE_MARK, 1));
	text_cut(buf_view(&link), CODE_MARK, &before, &after);
	form_encode_url(out, before);
	buf_char(out, CODE_MARK);
	form_encode_url(out, after);
	out->failed = out->failed || link.failed;
	buf_free(&link);
}

static void write_list(struct buf *out, const struct words *w)
{
	struct buf url = {0};
	struct json_out o = json_out(out);
	json_open(&o, NULL, '[');
	for (const struct sharing_network *n = SHARING_NETWORKS; n->social != NULL; n++) {
		buf_reset(&url);
		write_url(&url, n, w);
		out->failed = out->failed || url.failed;
		json_open(&o, NULL, '{');
		json_put_text(&o, "social", text_of(n->social));
		json_put_text(&o, "url", buf_view(&url));
		json_close(&o, '}');
	}
	json_close(&o, ']');
	buf_free(&url);
}

static void make_list(struct sharing_list *list, const struct call *call, struct text subject,
		      struct text text)
{
	struct words words;
	encode_texts(&words, subject, text);
	encode_link(&words.link, call);
	buf_reset(&list->subject);
	buf_reset(&list->text);
	buf_reset(&list->json);
	buf_text(&list->subject, subject);
	buf_text(&list->text, text);
	write_list(&list->json, &words);
	free_words(&words, &list->json);
	if (list->subject.failed || list->text.failed)
		list->json.failed = true;
}

static bool is_made_from(const struct sharing_list *list, struct text subject, struct text text)
{
	return list->json.n > 0 && !list->json.failed &&
	       text_eq(buf_view(&list->subject), subject) && text_eq(buf_view(&list->text), text);
}

static const struct sharing_list *find_list(const struct call *call,
					    const struct campaign *campaign)
{
	struct sharing_lists *lists = call->api->sharing;
	struct sharing_list *list =
	    &lists->slots[campaign->id % (sizeof lists->slots / sizeof *lists->slots)];
	const struct text subject = subject_of(campaign);
	const struct text text = page_text_of(campaign, "share_text");
	if (!is_made_from(list, subject, text))
		make_list(list, call, subject, text);
	return list;
}

static void put_list(struct json_out *o, const char *name, const struct sharing_list *list,
		     struct text code)
{
	struct text rest = buf_view(&list->json), before;
	json_begin(o, text_of(name));
	while (text_cut(rest, CODE_MARK, &before, &rest)) {
		buf_text(o->buf, before);
		form_encode_url(o->buf, code);
	}
	buf_text(o->buf, before);
	o->buf->failed = o->buf->failed || list->json.failed;
}

void sharing_put_socials(const struct call *call, struct json_out *o, const char *name,
			 const struct campaign *campaign, struct text code)
{
	put_list(o, name, find_list(call, campaign), code);
}

void sharing_put(const struct call *call, struct json_out *o, const struct campaign *campaign,
		 struct text code)
{
	const struct sharing_list *list = find_list(call, campaign);
	json_open(o, "sharing", '{');
	put_list(o, "socials", list, code);
	json_put_text(o, "subject", buf_view(&list->subject));
	json_put_text(o, "text", buf_view(&list->text));
	json_close(o, '}');
}
