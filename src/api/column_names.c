/*
 * Owns the common names of columns, in the languages of the hosted pages. Never reads a cell.
 * Called by the imports of users and coupons.
 */
#include "column_names.h"

#include "base/ascii.h"
#include "base/unicode.h"
#include "base/utf8.h"

/* Word processors write "E-mail" with other dash characters. */
static bool is_dash(uint32_t c)
{
	return c >= 0x2010 && c <= 0x2015;
}

enum err column_name_fold(struct text name, struct arena *arena, struct text *out)
{
	struct text folded = name;
	if (utf8_valid(name) && unicode_fold(name, arena, &folded) != ERR_OK)
		return ERR_NO_MEMORY;
	char *p = arena_alloc(arena, folded.n + 1);
	size_t n = 0, step;
	if (p == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < folded.n; i += step) {
		uint32_t c = unicode_next(text_from(folded.p + i, folded.n - i), &step);
		if (c < 0x80 ? !ascii_is_alnum((char)c) : unicode_is_invisible(c) || is_dash(c))
			continue;
		for (size_t k = 0; k < step; k++)
			p[n++] = folded.p[i + k];
	}
	*out = text_from(p, n);
	return ERR_OK;
}

bool column_name_is(struct text folded, const char *name)
{
	size_t i = 0;
	for (; *name != '\0'; name++) {
		if (!ascii_is_alnum(*name))
			continue;
		if (i == folded.n || folded.p[i++] != *name)
			return false;
	}
	return i == folded.n;
}

/* Folded names, so they have no spaces and hyphens. */
static const struct {
	const char *column;
	const char *words[18];
} meanings[] = {
    {"first_name",
     {"name", "first", "forename", "givenname", "fullname", "username", "contactname",
      "customername", "vorname", "rufname", "prénom", "prenom", "nom", "nombre", "nombredepila"}},
    {"email",
     {"mail", "emailaddress", "mailaddress", "contactemail", "customeremail", "useremail",
      "emailadresse", "mailadresse", "courriel", "adresseemail", "adressemail",
      "adresseélectronique", "correo", "correoelectrónico", "correoelectronico",
      "direccióndecorreo"}},
    {"code",
     {"referralcode", "usercode", "invitecode", "empfehlungscode", "codedeparrainage", "código",
      "codigo"}},
    {"referrer",
     {"referredby", "referreremail", "referredbyemail", "referredbycode", "invitedby",
      "geworbenvon", "empfohlenvon", "werber", "parrain", "parrainépar", "parrainepar",
      "referidopor"}},
    {"source", {"quelle", "origine", "origen", "fuente"}},
    {"signed_up_at",
     {"signedup", "signupdate", "signupat", "signedupon", "signuptime", "signeduptime", "joined",
      "joinedat", "joindate", "createdat", "registered", "registeredat", "registrationdate",
      "anmeldedatum", "angemeldetam", "datedinscription", "fechaderegistro"}},
    {"qualified", {"converted", "qualifiziert", "qualifié", "qualifie", "cualificado"}},
    {"qualified_at",
     {"qualifiedon", "qualifieddate", "qualifiedtime", "qualifiziertam", "convertedat"}},
    {"unsubscribed_at",
     {"unsubscribed", "unsubscribedtime", "abgemeldetam", "optout", "optedoutat"}},
    {"ip", {"ipaddress", "ipadresse", "adresseip", "direcciónip"}},
};

const char *column_name_meaning(struct text folded)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		for (const char *const *word = meanings[i].words; *word != NULL; word++)
			if (text_eq(folded, text_of(*word)))
				return meanings[i].column;
	return NULL;
}

void column_name_letter(size_t column, struct buf *out)
{
	char letters[8];
	size_t n = 0;
	for (size_t rest = column + 1; rest > 0 && n < sizeof letters; rest = (rest - 1) / 26)
		letters[n++] = (char)('A' + (rest - 1) % 26);
	buf_str(out, "column ");
	while (n > 0)
		buf_char(out, letters[--n]);
}
