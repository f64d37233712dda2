/*
 * Owns the list of known languages. Never contains words of the pages (html_words.c). Called by the
 * campaign calls.
 */
#include "language.h"

#include <string.h>

#include "base/ascii.h"

enum { LANG_MAX = 35 /* the longest usual tag, RFC 5646, section 4.4.1 */ };

/* The codes of ISO 639-1, and the ISO 639-3 codes of languages for which operating systems have
 * locales. "eng" is not in the list, because a tag must use the shortest code (RFC 5646,
 * section 2.2.1). */
static const char two[] =
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

static const char three[] =
    "arz ary ast bar bem ber bho brx byn ceb chr ckb cmn csb doi dsb fil fur gez gsw hak haw hif "
    "hmn hne hsb ilo kab kok lmo lzh mag mai mhr mni mos nan nds nhn niu nso pap prs quz raj sah "
    "sat scn sco sgs shn shs sid szl tcy the tig tlh tpi tzm unm vec wae wal war yue zgh";

static bool is_known(struct text subtag)
{
	const char *codes = subtag.n == 2 ? two : three;
	size_t size = subtag.n == 2 ? sizeof two : sizeof three;
	if (subtag.n != 2 && subtag.n != 3)
		return false;
	for (size_t i = 0; i + subtag.n < size; i += subtag.n + 1)
		if (text_ieq(subtag, text_from(codes + i, subtag.n)))
			return true;
	return false;
}

const char *language_refusal(struct text tag)
{
	static const char refusal[] =
	    "must be en, de, fr or es, or the ISO 639 code of another language, such as it or "
	    "pt-BR, for which the campaign sets all texts";
	struct text rest, subtag;
	bool more = text_cut(tag, '-', &subtag, &rest);
	if (tag.n > LANG_MAX || !is_known(subtag))
		return refusal;
	while (more) {
		more = text_cut(rest, '-', &subtag, &rest);
		if (subtag.n < 1 || subtag.n > 8)
			return refusal;
		for (size_t i = 0; i < subtag.n; i++)
			if (!ascii_is_alnum(subtag.p[i]))
				return refusal;
	}
	return NULL;
}
