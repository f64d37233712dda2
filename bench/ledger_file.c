/*
 * Owns the file of the ledger. Each fact is one line, appended by one write before it is counted.
 * Never changes a line. The file survives a kill of the server or of this tool, because the kernel
 * has the bytes, but not a crash of the machine. Called by ledger.c for each fact, by session.c to
 * open the file, and by run.c to load it.
 *
 *   run 3735928559
 *   join SEQ CODE ID EMAIL REFERRER_CODE      answered 201 ("-": no referrer)
 *   lost SEQ - 0 EMAIL REFERRER_CODE          a join without a response
 *   qualified SEQ CODE ID EMAIL REFERRER_CODE
 *   qualify-lost SEQ CODE ID EMAIL REFERRER_CODE
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger.h"
#include "memory.h"

static const char *const fact_names[] = {
    [FACT_JOIN] = "join",
    [FACT_LOST] = "lost",
    [FACT_QUALIFIED] = "qualified",
    [FACT_QUALIFY_LOST] = "qualify-lost",
};

static bool ledger_append(struct ledger *l, const char *line, size_t n)
{
	if (write(l->fd, line, n) == (ssize_t)n)
		return true;
	if (!l->write_failed)
		fprintf(stderr, "referd-bench: cannot write the ledger: %s\n", strerror(errno));
	l->write_failed = true;
	return false;
}

bool ledger_open(struct ledger *l, const char *path)
{
	char line[32];
	l->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (l->fd < 0) {
		fprintf(stderr, "referd-bench: %s: %s\n", path, strerror(errno));
		return false;
	}
	int n = snprintf(line, sizeof line, "run %u\n", l->runs[l->n_runs - 1]);
	return ledger_append(l, line, (size_t)n);
}

void ledger_write(struct ledger *l, enum ledger_fact fact, const struct ledger_entry *e)
{
	char line[200], email[PEOPLE_EMAIL_SIZE];
	char code[LEDGER_CODE_SIZE] = "-", referrer[LEDGER_CODE_SIZE] = "-";
	if (l->fd < 0)
		return;
	if (e->code != 0)
		ledger_code(e, code);
	if (e->referrer != LEDGER_NONE)
		ledger_code(&l->entries[e->referrer], referrer);
	ledger_email(l, e, email);
	int n = snprintf(line, sizeof line, "%s %u %s %u %s %s\n", fact_names[fact], e->seq, code,
			 e->id, email, referrer);
	ledger_append(l, line, (size_t)n);
}

struct ledger_line {
	enum ledger_fact fact;
	unsigned seq, id;
	char code[16], referrer[16];
};

static bool ledger_parse(const char *line, struct ledger_line *out)
{
	char name[16], email[PEOPLE_EMAIL_SIZE];
	if (sscanf(line, "%15s %u %15s %u %79s %15s", name, &out->seq, out->code, &out->id, email,
		   out->referrer) != 6)
		return false;
	for (unsigned i = 0; i < sizeof fact_names / sizeof fact_names[0]; i++)
		if (strcmp(name, fact_names[i]) == 0) {
			out->fact = (enum ledger_fact)i;
			return true;
		}
	return false;
}

static bool ledger_apply_join(struct ledger *l, const struct ledger_line *line)
{
	uint32_t referrer = LEDGER_NONE;
	if (strcmp(line->referrer, "-") != 0) {
		referrer = ledger_find(l, text_of(line->referrer));
		if (referrer == LEDGER_NONE)
			return false;
	}
	uint32_t index = ledger_attempt(l, referrer, 0);
	l->entries[index].seq = line->seq;
	if (line->fact == FACT_LOST)
		ledger_lose(l, index);
	else /* ledger_ack counts a shared code, and verify.c reports it */
		(void)ledger_ack(l, index, text_of(line->code), line->id);
	return true;
}

static bool ledger_apply(struct ledger *l, const char *text)
{
	struct ledger_line line;
	unsigned run;
	if (sscanf(text, "run %u", &run) == 1)
		return ledger_add_run(l, run);
	if (!ledger_parse(text, &line))
		return false;
	if (line.fact == FACT_JOIN || line.fact == FACT_LOST)
		return ledger_apply_join(l, &line);
	uint32_t index = ledger_find(l, text_of(line.code));
	if (index == LEDGER_NONE)
		return false;
	if (line.fact == FACT_QUALIFIED)
		ledger_ack_qualified(l, index);
	else
		ledger_lose_qualified(l, index);
	return true;
}

bool ledger_load(struct ledger *l, const char *path)
{
	char *line = NULL;
	size_t cap = 0, number = 0;
	ssize_t n;
	FILE *f = fopen(path, "re");
	if (f == NULL) {
		fprintf(stderr, "referd-bench: %s: %s\n", path, strerror(errno));
		return false;
	}
	bool ok = true;
	while (ok && (n = getline(&line, &cap, f)) > 0) {
		number++;
		/* The run that wrote an incomplete last line never counted it. */
		if (line[n - 1] == '\n')
			ok = ledger_apply(l, line);
	}
	if (!ok)
		fprintf(stderr, "referd-bench: %s:%zu: this line is not from a ledger\n", path,
			number);
	free(line);
	fclose(f);
	return ok;
}
