/*
 * Owns the addresses that share a link. Never knows whose link it is. Called by the files that
 * show a user, and by html_thanks.c.
 */
#include "sharing.h"

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

static void encode_words(struct words *w, const struct campaign *campaign, struct text link)
{
	*w = (struct words){0};
	form_encode_url(&w->text, page_text_of(campaign, "share_text"));
	form_encode_url(&w->subject, subject_of(campaign));
	form_encode_url(&w->link, link);
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
	encode_words(&words, campaign, link);
	write_url(out, network, &words);
	free_words(&words, out);
}

void sharing_put_socials(struct json_out *o, const char *name, const struct campaign *campaign,
			 struct text link)
{
	struct buf url = {0};
	struct words words;
	encode_words(&words, campaign, link);
	json_open(o, name, '[');
	for (const struct sharing_network *n = SHARING_NETWORKS; n->social != NULL; n++) {
		buf_reset(&url);
		write_url(&url, n, &words);
		o->buf->failed = o->buf->failed || url.failed;
		json_open(o, NULL, '{');
		json_put_text(o, "social", text_of(n->social));
		json_put_text(o, "url", buf_view(&url));
		json_close(o, '}');
	}
	json_close(o, ']');
	free_words(&words, o->buf);
	buf_free(&url);
}

void sharing_put(struct json_out *o, const struct campaign *campaign, struct text link)
{
	json_open(o, "sharing", '{');
	sharing_put_socials(o, "socials", campaign, link);
	json_put_text(o, "subject", subject_of(campaign));
	json_put_text(o, "text", page_text_of(campaign, "share_text"));
	json_close(o, '}');
}
