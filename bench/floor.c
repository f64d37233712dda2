/*
 * Owns the floor: an evhttp server at its best, which reads a form and returns a constant. That is
 * the least work that a server with the usual library can do. Never stores anything.
 * Called by main.c; compare.c starts it as a process of its own.
 */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "target.h"

/* The response is as long as referd's response to a join. evhttp spends time on each header,
 * so the body has the bytes of the headers that referd adds. */
static const char floor_body[] =
    "{\"data\":{\"id\":1,\"code\":\"uK3fTz9Q\",\"url\":\"http://localhost:8080/uK3fTz9Q/join\","
    "\"campaign_id\":1,\"type\":\"person_referring\",\"source\":\"Direct\",\"created\":true,"
    "\"instead\":\"of X-Content-Type-Options: nosniff, Cache-Control\"}}\n";

/* Reads the whole form, as a server that uses it must. */
static void floor_on_request(struct evhttp_request *request, void *arg)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(request);
	struct evbuffer *out = evhttp_request_get_output_buffer(request);
	(void)arg;
	evbuffer_pullup(in, -1);
	evbuffer_add_reference(out, floor_body, sizeof floor_body - 1, NULL, NULL);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
			  "application/json");
	evhttp_send_reply(request, 201, "Created", NULL);
}

static void floor_on_signal(evutil_socket_t signal_number, short what, void *arg)
{
	(void)signal_number, (void)what;
	event_base_loopexit(arg, NULL);
}

/* The flag spares evhttp the system calls that add and remove the same event in one turn: a
 * response took 13.7 us with it and 16 us without it. referd's loop has it, too (base/loop.c). */
static struct event_base *floor_new_loop(void)
{
	struct event_config *config = event_config_new();
	struct event_base *events = NULL;
	if (config != NULL &&
	    event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0)
		events = event_base_new_with_config(config);
	if (events == NULL)
		abort();
	event_config_free(config);
	return events;
}

/* On failure, false and a message. */
static bool floor_listen(struct event_base *events, struct evhttp *http,
			 const struct target *listen)
{
	char name[96];
	struct evconnlistener *listener = evconnlistener_new_bind(
	    events, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
	    1024, (const struct sockaddr *)&listen->address, (int)listen->address_size);
	if (listener == NULL ||
	    !target_name_socket(evconnlistener_get_fd(listener), name, sizeof name) ||
	    evhttp_bind_listener(http, listener) == NULL) {
		fprintf(stderr, "referd-bench: cannot listen on %s\n", listen->host);
		return false;
	}
	printf("listening on http://%s\n", name);
	return fflush(stdout) == 0;
}

int command_floor(const struct options *o)
{
	struct target listen;
	int status = 2;
	struct event_base *events = floor_new_loop();
	struct evhttp *http = evhttp_new(events);
	struct event *stop = evsignal_new(events, SIGTERM, floor_on_signal, events);
	struct event *interrupt = evsignal_new(events, SIGINT, floor_on_signal, events);
	if (http == NULL || stop == NULL || interrupt == NULL)
		abort();
	event_add(stop, NULL);
	event_add(interrupt, NULL);
	evhttp_set_gencb(http, floor_on_request, NULL);
	if (target_parse_listen(o->listen, &listen) && floor_listen(events, http, &listen)) {
		event_base_dispatch(events);
		status = 0;
	}
	event_free(stop);
	event_free(interrupt);
	evhttp_free(http);
	event_base_free(events);
	return status;
}
