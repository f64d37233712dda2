/* Owns the life of the server: opens the rooms, runs the loop, drains and closes; and the order of
 * the loop's work (run_turn). Never contains a rule of a room. Called by main for `referd serve`.
 */
#include "serve.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "broken_pages.h"
#include "core/records.h"
#include "delivery/scheduler.h"
#include "first_start.h"
#include "host.h"
#include "http/client.h"
#include "lease/leases.h"
#include "listeners.h"
#include "peers.h"
#include "upkeep/upkeep.h"
#include "webhook_upgrade.h"

struct serve {
	struct config config; /* first, because config_run fills it */
	struct identity identity;
	struct loop *loop;
	struct store *store;
	struct codes *codes;
	struct leases *leases;
	struct http_client *client;
	struct scheduler *scheduler;
	struct upkeep *upkeep;
	struct listeners listeners;
	struct peers peers;
	struct event *sigterm, *sigint, *sighup, *drain_timer, *batch_timer, *tend_timer;
	struct host_sizes sizes;
	char public_url[CONFIG_PUBLIC_URL_MAX + 1];
	bool draining;
};

/*
 * The order of a turn of the loop. libevent first dispatches sockets and timers: the rooms parse,
 * queue commands and queries with the store, and keep the results of deliveries. Then the hooks run
 * in the order in which open_all adds them:
 *
 *   1. run_turn: the store and delivery, in the order of the calls below.
 *   2. http_server: sends the replies of the requests that the store has answered. A second server
 *      with --metrics-listen does the same.
 *   3. http_client: frees the calls and connections that ended.
 *   4. upkeep: begins at most one slice of one background job.
 *   5. stop_when_drained: ends the loop of a server that drains.
 */
static void run_turn(void *arg)
{
	struct serve *s = arg;
	scheduler_before_store(s->scheduler); /* results of attempts become commands */
	store_turn(s->store);                 /* answers queries, commits, then calls each done */
	scheduler_turn(s->scheduler);         /* starts the attempts that are due */
	store_answer_queries(s->store);       /* loads them, so that they leave in this turn */
	uint64_t wait_ns = store_wait_ns(s->store);
	const struct timeval wait = {.tv_usec = (suseconds_t)(wait_ns / 1000)};
	bool is_timed = wait_ns == 0 || evtimer_add(s->batch_timer, &wait) == 0;
	if (!is_timed || store_has_work(s->store))
		loop_again(s->loop); /* work is left, and no event would wake the loop for it */
}

/* Hook 5: every reply is sent, and every command and result is committed. */
static void stop_when_drained(void *arg)
{
	struct serve *s = arg;
	if (s->draining && http_server_drained(s->listeners.server) &&
	    scheduler_drained(s->scheduler) && leases_drained(s->leases) && store_idle(s->store))
		loop_stop(s->loop);
}

static int refuse(const char *what, const char *name, const char *why)
{
	fprintf(stderr, "referd: %s %s: %s\n", what, name, why);
	return 2;
}

/* The address of a PostgreSQL database may hold a password, so it is not printed. */
static int refuse_store(const struct serve *s, const char *why)
{
	return s->config.address.postgresql != NULL
		   ? refuse("the database", "of --store", why)
		   : refuse("the data directory", s->config.address.dir, why);
}

static int open_store(struct serve *s)
{
	struct store_access access = {
	    .map_size = s->config.map_size,
	    .first_start = !first_start_has_key(&s->config),
	    .node_name = s->config.node_name,
	    .events = loop_events(s->loop),
	};
	const struct store_config store = {.paced = true};
	struct engine *engine;
	const char *why = "";
	if (store_address_open(&s->config.address, &access, &engine, &why) != ERR_OK)
		return refuse_store(s, why);
	enum err err = store_open(engine, &store, &s->store);
	if (err != ERR_OK)
		return refuse_store(s, store_address_refusal(err));
	return first_start_prepare(&s->config, s->store, &s->identity) ? 0 : 2;
}

static int open_identity(struct serve *s)
{
	if (!first_start(&s->config, s->store, &s->identity))
		return 2;
	if (webhook_upgrade_all(s->store, s->identity.secret_key) != ERR_OK)
		return refuse_store(s, "its webhooks cannot be brought to this version's form");
	s->codes = codes_new(s->identity.code_key);
	return s->codes != NULL ? 0 : refuse("codes", "cannot be created", "out of memory");
}

static int open_leases(struct serve *s)
{
	const struct leases_config leases = {.loop = s->loop, .store = s->store};
	enum err err = leases_open(&leases, &s->leases);
	return err == ERR_OK ? 0 : refuse("leases", "cannot be taken", err_name(err));
}

static int open_delivery(struct serve *s)
{
	const struct http_client_config client = {
	    .ca_file = s->config.ca_file,
	    .nameservers = s->config.nameservers,
	    .allowed = &s->config.allowed,
	    .idle_ms = 30000,
	    .dns_cache_ms = (uint32_t)s->config.dns_cache_ms,
	};
	struct sockaddr_storage own;
	const char *why = "";
	if (http_client_open(s->loop, &client, &s->client, &why) != ERR_OK)
		return refuse("outbound requests", "cannot be set up", why);
	for (size_t i = 0; http_server_sockaddr(s->listeners.server, i, &own); i++)
		http_client_refuse_own(s->client, (const struct sockaddr *)&own);
	const struct scheduler_config scheduler = {
	    .loop = s->loop,
	    .store = s->store,
	    .client = s->client,
	    .codes = s->codes,
	    .leases = s->leases,
	    .secret_key = s->identity.secret_key,
	    .allow_http_targets = s->config.allow_http_targets,
	};
	peers_open(&s->peers, s->loop, s->store, s->client, s->listeners.server,
		   s->config.node_name);
	if (scheduler_open(&scheduler, &s->scheduler) != ERR_OK)
		return refuse("deliveries", "cannot start", "the webhooks cannot be read");
	return 0;
}

static void write_metrics(void *arg, struct buf *out)
{
	const struct serve *s = arg;
	listeners_write_metrics(&s->listeners, out);
	scheduler_write_metrics(s->scheduler, out);
}

static bool webhook_live(void *arg, uint64_t webhook_id, struct webhook_live *out)
{
	const struct serve *s = arg;
	return scheduler_webhook_live(s->scheduler, webhook_id, out);
}

static void read_host(void *arg, struct api_host *out)
{
	const struct serve *s = arg;
	host_read(s->config.address.dir, &s->sizes, out);
}

static void choose_public_url(struct serve *s)
{
	bool tls = s->listeners.tls != NULL;
	const char *address = http_server_address(s->listeners.server, tls ? 1 : 0);
	const char *port = strrchr(address, ':');
	if (s->config.public_url != NULL)
		snprintf(s->public_url, sizeof s->public_url, "%s", s->config.public_url);
	else
		snprintf(s->public_url, sizeof s->public_url, "%s://localhost%s",
			 tls ? "https" : "http", port == NULL ? "" : port);
	size_t n = strlen(s->public_url);
	while (n > 0 && s->public_url[n - 1] == '/')
		s->public_url[--n] = '\0';
}

static int open_api(struct serve *s)
{
	choose_public_url(s);
	const struct api_config api = {
	    .loop = s->loop,
	    .store = s->store,
	    .codes = s->codes,
	    .public_url = s->public_url,
	    .secret_key = s->identity.secret_key,
	    .trusted_proxies = s->config.proxies,
	    .allow_http_targets = s->config.allow_http_targets,
	    .allowed_targets = &s->config.allowed,
	    .rates =
		{
		    .misses = (unsigned)s->config.miss_rate,
		    .token_calls = (unsigned)s->config.token_rate,
		    .address_joins = (unsigned)s->config.join_rate,
		    .code_joins = (unsigned)s->config.code_join_rate,
		},
	    .streams = s->config.streams,
	    .write_metrics = write_metrics,
	    .metrics_arg = s,
	    .webhook_live = webhook_live,
	    .webhook_live_arg = s,
	    .read_host = read_host,
	    .read_host_arg = s,
	};
	enum err err = api_open(&api, &s->listeners.api);
	return err == ERR_OK ? 0 : refuse("the API", "cannot start", err_name(err));
}

static int open_upkeep(struct serve *s)
{
	const struct upkeep_config upkeep = {
	    .loop = s->loop,
	    .store = s->store,
	    .codes = s->codes,
	    .leases = s->leases,
	    .public_url = s->public_url,
	    .retention_ms = s->config.retention_ms,
	    .audit_retention_ms = s->config.audit_retention_ms,
	    .jobs = UPKEEP_JOBS,
	};
	enum err err = upkeep_open(&upkeep, &s->upkeep);
	return err == ERR_OK ? 0 : refuse("background work", "cannot start", err_name(err));
}

static void on_tend_timer(evutil_socket_t fd, short what, void *arg)
{
	struct serve *s = arg;
	struct store_health health;
	(void)fd;
	(void)what;
	store_tend(s->store);
	if (store_health(s->store, &health))
		listeners_give_up(&s->listeners, health.away_ms, s->config.store_timeout_ms);
	peers_tend(&s->peers);
	api_divide_limits(s->listeners.api, leases_nodes(s->leases));
	listeners_tend(&s->listeners);
	host_note_size(s->config.address.dir, &s->sizes, loop_unix_ms(s->loop));
}

/* The timer only wakes the loop: run_turn does the work. */
static void on_batch_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static void on_drain_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct serve *s = arg;
	(void)fd;
	(void)what;
	log_warn("serve.drain_timeout", LOG_U64("after_ms", s->config.drain_ms));
	loop_stop(s->loop);
}

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
	struct serve *s = arg;
	const struct timeval wait = {
	    .tv_sec = (time_t)(s->config.drain_ms / 1000),
	    .tv_usec = (suseconds_t)(s->config.drain_ms % 1000 * 1000),
	};
	(void)fd;
	(void)what;
	if (s->draining)
		return;
	s->draining = true;
	log_info("serve.draining", LOG_U64("at_most_ms", s->config.drain_ms));
	api_drain(s->listeners.api);
	scheduler_drain(s->scheduler);
	upkeep_drain(s->upkeep);
	leases_drain(s->leases);
	listeners_drain(&s->listeners);
	if (evtimer_add(s->drain_timer, &wait) != 0)
		log_warn("serve.drain_without_limit", LOG_STR("error", err_name(ERR_NO_MEMORY)));
}

/* If a file cannot be loaded, the server logs why and keeps what it has. SIGHUP never ends the
 * server. */
static void on_sighup(evutil_socket_t fd, short what, void *arg)
{
	struct serve *s = arg;
	const char *why = "";
	const char *file = s->config.ca_file != NULL ? s->config.ca_file : "";
	(void)fd;
	(void)what;
	if (http_client_reload(s->client, s->config.ca_file, &why) != ERR_OK)
		log_warn("serve.reload_failed", LOG_STR("ca_file", file), LOG_STR("reason", why));
	else
		log_info("serve.reloaded", LOG_STR("ca_file", file));
	listeners_reload(&s->listeners);
}

static int add_events(struct serve *s)
{
	static const struct timeval tend_every = {.tv_sec = 1};
	struct event_base *base = loop_events(s->loop);
	s->sigterm = evsignal_new(base, SIGTERM, on_signal, s);
	s->sigint = evsignal_new(base, SIGINT, on_signal, s);
	s->sighup = evsignal_new(base, SIGHUP, on_sighup, s);
	s->drain_timer = evtimer_new(base, on_drain_timeout, s);
	s->tend_timer = event_new(base, -1, EV_PERSIST, on_tend_timer, s);
	if (s->sigterm == NULL || s->sigint == NULL || s->sighup == NULL ||
	    s->drain_timer == NULL || s->tend_timer == NULL || event_add(s->sighup, NULL) != 0 ||
	    event_add(s->sigterm, NULL) != 0 || event_add(s->sigint, NULL) != 0 ||
	    event_add(s->tend_timer, &tend_every) != 0)
		return refuse("signals", "cannot be caught", "out of memory");
	host_note_size(s->config.address.dir, &s->sizes, loop_unix_ms(s->loop));
	return 0;
}

static int open_all(struct serve *s)
{
	int status;
	s->loop = loop_new(&clock_system);
	if (s->loop == NULL)
		return refuse("the event loop", "cannot be created", "out of memory");
	s->batch_timer = evtimer_new(loop_events(s->loop), on_batch_timer, s);
	if (s->batch_timer == NULL)
		return refuse("the event loop", "cannot be created", "out of memory");
	loop_add_hook(s->loop, run_turn, s); /* before the hooks of the rooms */
	/* The socket is opened before the first start, so a start whose port is in use makes no
	 * tokens. No request is read before the loop runs. */
	if ((status = open_store(s)) != 0 ||
	    (status = listeners_open(&s->listeners, s->loop, &s->config)) != 0 ||
	    (status = open_identity(s)) != 0 || (status = open_leases(s)) != 0 ||
	    (status = open_delivery(s)) != 0 || (status = open_api(s)) != 0 ||
	    (status = open_upkeep(s)) != 0)
		return status;
	loop_add_hook(s->loop, stop_when_drained, s); /* after all others */
	return add_events(s);
}

static void free_event(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

/* Closes in the reverse order of opening. A room that was not opened is NULL. */
static void close_all(struct serve *s)
{
	listeners_close(&s->listeners);
	upkeep_close(s->upkeep);
	api_close(s->listeners.api);
	scheduler_close(s->scheduler);
	http_client_close(s->client);
	leases_close(s->leases);
	store_close(s->store);
	codes_free(s->codes);
	free_event(s->sigterm);
	free_event(s->sigint);
	free_event(s->sighup);
	free_event(s->drain_timer);
	free_event(s->batch_timer);
	free_event(s->tend_timer);
	loop_free(s->loop);
	identity_wipe(&s->identity);
}

static void announce(const struct serve *s)
{
	printf("listening on http://%s\n", http_server_address(s->listeners.server, 0));
	if (s->listeners.tls != NULL)
		printf("listening on https://%s\n", http_server_address(s->listeners.server, 1));
	if (s->listeners.metrics != NULL)
		printf("metrics on http://%s/metrics\n",
		       http_server_address(s->listeners.metrics, 0));
	if (s->identity.first_start_path[0] != '\0')
		printf(s->identity.fresh ? "first start: the tokens are in %s\n"
					 : "the tokens of the first start are still in %s: store "
					   "them elsewhere, then "
					   "delete the file\n",
		       s->identity.first_start_path);
	fflush(stdout);
	log_info("serve.started", LOG_STR("version", REFERD_VERSION),
		 LOG_STR("address", http_server_address(s->listeners.server, 0)));
}

static int run(void *target, const struct options_args *args)
{
	struct serve *s = target;
	(void)args;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN); /* until the loop handles it: it must not end the server */
	broken_pages_catch(70, false);
	log_set_level(s->config.level);
	int status = open_all(s);
	if (status == 0) {
		announce(s);
		loop_run(s->loop);
		log_info("serve.stopped", LOG_STR("version", REFERD_VERSION));
	} else {
		/* The line on stderr before this one says why. */
		log_warn("serve.refused", LOG_STR("version", REFERD_VERSION),
			 LOG_STR("data", s->config.address.dir),
			 LOG_STR("listen", s->config.listen));
	}
	close_all(s);
	return status;
}

int serve_main(int argc, char **argv)
{
	static struct serve serve; /* about 10 KiB; the process has one */
	static const struct config_command command = {
	    .name = "serve",
	    .usage = "referd serve [options]",
	    .serves = true,
	    .about = "Runs the server until SIGTERM or SIGINT. The first start creates the "
		     "directory --data "
		     "and the first tokens.",
	};
	return config_run(&command, argc, argv, &serve, run);
}
