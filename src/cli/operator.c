/*
 * Owns the operator commands: it makes API calls from words, and lines from responses. Never opens
 * the database (operator_offline.c does, for a stopped server). Called by main for `referd
 * operator`.
 */
#include "operator.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "api_call.h"
#include "api_row.h"
#include "base/crypto.h"
#include "base/typed.h"
#include "core/names.h"
#include "core/operator.h"
#include "operator_offline.h"
#include "password_prompt.h"

struct operator_config {
	struct config config;
	const char *role;
};

static const struct option add_options[] = {
    {"role", OPTION_TEXT, offsetof(struct operator_config, role), "ROLE", NULL, 0, 0,
     "What the person may do: viewer (look at everything), editor (also change campaigns, webhooks "
     "and users) or admin (also manage tokens, secrets and people)"},
};

/* With --data on the command line, the command uses the database of a stopped server. If a server
 * uses it and there is a token, the command calls the server. `err` is the result without a
 * server. */
static bool should_call(const struct operator_config *config, enum err err)
{
	return !config->config.place_is_flag ||
	       (err == ERR_BUSY && api_call_has_token(&config->config));
}

static int report(const struct operator_config *config, enum err err, const char *why)
{
	if (err != ERR_OK)
		fprintf(stderr, "referd: the data directory %s: %s\n", config->config.address.dir,
			why);
	return err == ERR_OK ? 0 : 1;
}

/* ---- add ---- */

static bool read_role(const char *word, uint64_t *role)
{
	if (word != NULL && name_find(ROLE_NAMES, text_of(word), role))
		return true;
	fprintf(stderr, "referd: --role must be viewer, editor or admin\n");
	return false;
}

static bool read_name(const char *word, struct text *name)
{
	struct arena texts = {0};
	*name = typed_trim(text_of(word));
	bool ok = name->n > 0 && name->n <= OPERATOR_NAME_MAX &&
		  typed_name_refusal(*name, &texts) == NULL;
	arena_free(&texts);
	if (!ok)
		fprintf(stderr, "referd: the name must be 1 to 100 bytes of visible UTF-8 text "
				"without control characters\n");
	return ok;
}

static bool add_online(const struct operator_config *config, struct text name, struct text password,
		       uint64_t *id)
{
	struct buf body = {0};
	struct json_out o = json_out(&body);
	json_open(&o, NULL, '{');
	json_put_text(&o, "name", name);
	json_put_text(&o, "role", text_of(config->role));
	json_put_text(&o, "password", password);
	json_close(&o, '}');
	struct json *root =
	    api_call_json(&config->config, "POST", "/api/v2/operators", buf_view(&body));
	*id = api_row_id(json_get(root, "data"));
	const bool ok = root != NULL;
	crypto_wipe_buf(&body);
	json_free(root);
	return ok;
}

static int add(const struct operator_config *config, struct text name, uint64_t role,
	       struct text password)
{
	const char *why = "";
	uint64_t id = 0;
	enum err err = ERR_BUSY;
	if (config->config.place_is_flag)
		err =
		    operator_offline_add(&config->config.address, name, role, password, &id, &why);
	if (!should_call(config, err)) {
		if (report(config, err, why) != 0)
			return 1;
	} else if (!add_online(config, name, password, &id)) {
		return 1;
	}
	printf("added operator %llu (%.*s) as %s\n", (unsigned long long)id, TEXT_ARGS(name),
	       config->role);
	return 0;
}

static int add_operator(void *options, const struct options_args *args)
{
	const struct operator_config *config = options;
	char typed[PASSWORD_MAX + 2];
	struct text name, password;
	uint64_t role;
	if (!read_role(config->role, &role) || !read_name(args->items[0], &name))
		return 2;
	int status = 2;
	if (password_prompt(args->items[0], typed, &password))
		status = add(config, name, role, password);
	crypto_wipe(typed, sizeof typed);
	return status;
}

/* ---- list ---- */

static struct json *get_list(const struct operator_config *config)
{
	return api_call_json(&config->config, "GET", "/api/v2/operators?per_page=250",
			     (struct text){0});
}

static bool list_online(const struct operator_config *config, struct buf *out)
{
	struct json *root = get_list(config);
	const struct json *operators = json_get(root, "data");
	for (size_t i = 0; i < json_length(operators); i++) {
		const struct json *person = json_at(operators, i);
		operator_write_row(out, api_row_id(person), api_row_text(person, "role"),
				   api_row_date(person, "created_at"),
				   api_row_text(person, "name"));
	}
	const bool ok = root != NULL;
	json_free(root);
	return ok;
}

static int list_operators(void *options, const struct options_args *args)
{
	const struct operator_config *config = options;
	const char *why = "";
	struct buf out = {0};
	enum err err = ERR_BUSY;
	(void)args;
	if (config->config.place_is_flag)
		err = operator_offline_list(&config->config.address, &out, &why);
	int status = !should_call(config, err)   ? report(config, err, why)
		     : list_online(config, &out) ? 0
						 : 1;
	if (status == 0) {
		printf("ID    ROLE    CREATED     NAME\n");
		fwrite(out.p, 1, out.n, stdout);
	}
	buf_free(&out);
	return status;
}

/* ---- remove ---- */

static bool same_name(struct text a, struct text b)
{
	uint8_t key_a[OPERATOR_KEY_SIZE], key_b[OPERATOR_KEY_SIZE];
	struct arena arena = {0};
	bool same = operator_key(a, &arena, key_a) == ERR_OK &&
		    operator_key(b, &arena, key_b) == ERR_OK &&
		    memcmp(key_a, key_b, sizeof key_a) == 0;
	arena_free(&arena);
	return same;
}

static bool remove_online(const struct operator_config *config, struct text name)
{
	char target[64];
	uint64_t id = 0;
	struct json *root = get_list(config);
	const struct json *operators = json_get(root, "data");
	for (size_t i = 0; i < json_length(operators) && id == 0; i++)
		if (same_name(api_row_text(json_at(operators, i), "name"), name))
			id = api_row_id(json_at(operators, i));
	const bool listed = root != NULL;
	json_free(root);
	if (listed && id == 0)
		fprintf(
		    stderr,
		    "referd: no operator has this name: referd operator list shows the names\n");
	if (id == 0)
		return false;
	snprintf(target, sizeof target, "/api/v2/operators/%llu", (unsigned long long)id);
	root = api_call_json(&config->config, "DELETE", target, (struct text){0});
	const bool removed = root != NULL;
	json_free(root);
	return removed;
}

static int remove_operator(void *options, const struct options_args *args)
{
	const struct operator_config *config = options;
	const char *why = "";
	struct text name;
	enum err err = ERR_BUSY;
	if (!read_name(args->items[0], &name))
		return 2;
	if (config->config.place_is_flag)
		err = operator_offline_remove(&config->config.address, name, &why);
	int status = !should_call(config, err)     ? report(config, err, why)
		     : remove_online(config, name) ? 0
						   : 1;
	if (status == 0)
		printf("removed operator %.*s\n", TEXT_ARGS(name));
	return status;
}

/* ---- the choice of the command ---- */

#define THROUGH_SERVER                                                                             \
	"Calls the server at --listen with an admin token: the token in --token-file, or "         \
	"REFERD_API_TOKEN. With --data DIR, changes the database in DIR of a stopped server, "     \
	"without a token."
#define ABOUT_ADD                                                                                  \
	"Adds a person who signs in to the dashboard with NAME and a password. The password is "   \
	"typed at the terminal, or is the first line of the standard input; it has at least 12 "   \
	"characters. " THROUGH_SERVER
#define ABOUT_LIST "Prints the id, role, date and name of each operator. " THROUGH_SERVER
#define ABOUT_REMOVE                                                                               \
	"Removes the operator with this name: the person is signed out at once. " THROUGH_SERVER

static const char usage[] =
    "usage: referd operator add NAME --role viewer|editor|admin [--data DIR]\n"
    "       referd operator list [--data DIR]\n"
    "       referd operator remove NAME [--data DIR]\n"
    "\n"
    "  add      Add a person who signs in with a name and a password\n"
    "  list     List the operators with their ids and roles\n"
    "  remove   Remove the operator with this name, and end the sessions\n"
    "\n"
    "referd operator add --help describes the options.\n";

static const struct config_choice commands[] = {
    {"add",
     add_operator,
     {.name = "operator add",
      .usage = "referd operator add NAME --role viewer|editor|admin [--data DIR]",
      .about = ABOUT_ADD,
      .min_args = 1,
      .max_args = 1,
      .options = add_options,
      .n_options = sizeof add_options / sizeof *add_options}},
    {"list",
     list_operators,
     {.name = "operator list", .usage = "referd operator list [--data DIR]", .about = ABOUT_LIST}},
    {"remove",
     remove_operator,
     {.name = "operator remove",
      .usage = "referd operator remove NAME [--data DIR]",
      .about = ABOUT_REMOVE,
      .min_args = 1,
      .max_args = 1}},
};

int operator_main(int argc, char **argv)
{
	static const struct config_choices choices = {
	    .usage = usage,
	    .unknown = "write operator add, operator list or operator remove: "
		       "referd operator --help describes them",
	    .items = commands,
	    .n = sizeof commands / sizeof *commands,
	};
	struct operator_config config = {0};
	return config_run_choice(&choices, argc, argv, &config);
}
