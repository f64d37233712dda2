/*
 * Owns the addresses that share a link. Never whose link it is. Called by the user object.
 */
#include "sharing.h"

#include "base/form.h"
#include "core/page_text.h"

/* In braces: what is put there, percent-encoded. */
static const struct {
	const char *social, *url;
} socials[] = {
    {"facebook", "https://www.facebook.com/sharer/sharer.php?u={link}"},
    {"x", "https://x.com/intent/post?text={text}&url={link}"},
    {"whatsapp", "https://wa.me/?text={message}"},
    {"linkedin", "https://www.linkedin.com/sharing/share-offsite/?url={link}"},
    {"telegram", "https://t.me/share/url?url={link}&text={text}"},
    {"email", "mailto:?subject={subject}&body={message}"},
};

struct words {
	struct text link, text, subject, message;
};

/* As form_encode does, but with %20 for a blank, which stands for one everywhere. */
static void encode(struct buf *out, struct text t)
{
	struct buf form = {0};
	form_encode(&form, t);
	out->failed = out->failed || form.failed;
	for (size_t i = 0; i < form.n; i++)
		if (form.p[i] == '+')
			buf_str(out, "%20");
		else
			buf_char(out, form.p[i]);
	buf_free(&form);
}

static struct text word_of(const struct words *words, struct text name)
{
	const struct {
		struct text name, value;
	} known[] = {
	    {TEXT("link"), words->link},
	    {TEXT("text"), words->text},
	    {TEXT("subject"), words->subject},
	    {TEXT("message"), words->message},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (text_eq(name, known[i].name))
			return known[i].value;
	return (struct text){0};
}

static void put_social(struct json_out *o, const char *social, const char *pattern,
    const struct words *words)
{
	struct buf url = {0};
	struct text rest = text_of(pattern), before, name;
	while (text_cut(rest, '{', &before, &rest)) {
		buf_text(&url, before);
		text_cut(rest, '}', &name, &rest);
		encode(&url, word_of(words, name));
	}
	buf_text(&url, before);
	json_open(o, NULL, '{');
	json_put_text(o, "social", text_of(social));
	json_put_text(o, "url", buf_view(&url));
	json_close(o, '}');
	o->buf->failed = o->buf->failed || url.failed;
	buf_free(&url);
}

void sharing_put(struct json_out *o, const struct campaign *campaign, struct text link)
{
	struct buf message = {0};
	struct words words = {
	    .link = link,
	    .text = page_text_of(campaign, "share_text"),
	    .subject = page_text_of(campaign, "share_subject"),
	};
	if (words.subject.n == 0)
		words.subject = campaign->name;
	buf_text(&message, words.text);
	buf_str(&message, words.text.n > 0 ? " " : "");
	buf_text(&message, link);
	words.message = buf_view(&message);
	json_open(o, "sharing", '{');
	json_open(o, "socials", '[');
	for (size_t i = 0; i < sizeof socials / sizeof *socials; i++)
		put_social(o, socials[i].social, socials[i].url, &words);
	json_close(o, ']');
	json_put_text(o, "subject", words.subject);
	json_put_text(o, "text", words.text);
	json_close(o, '}');
	o->buf->failed = o->buf->failed || message.failed;
	buf_free(&message);
}
