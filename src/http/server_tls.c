/*
 * Owns the certificate of TLS listeners, and the transport that encrypts: sessions over sockets
 * that never block. Never decides when a connection reads, writes or ends. Called by the
 * composition root (new, reload), and by connection.c and intake.c through the table.
 */
#include "http/server_tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "http/server_parts.h"

enum { CERT, KEY, FILES, RECORD_MAX = SSL3_RT_MAX_PLAIN_LENGTH, TICKET_KEYS_MAX = 256 };

/* What a file was when it was read. */
struct reading {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
};

struct http_tls {
	SSL_CTX *context; /* of new connections; each session keeps its own reference */
	char *paths[FILES];
	struct reading readings[FILES];
};

/* ---- the context ---- */

static struct reading reading_of(const char *path)
{
	struct stat s = {0};
	if (stat(path, &s) != 0)
		return (struct reading){0};
	return (struct reading){s.st_dev, s.st_ino, s.st_size, s.st_ctim};
}

static bool same_reading(const struct reading *a, const struct reading *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* RFC 7301, section 3.2: a client whose list lacks http/1.1 gets the alert no_application_protocol.
 */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n,
			   const unsigned char *in, unsigned in_n, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen = NULL;
	(void)ssl, (void)arg;
	if (SSL_select_next_proto(&chosen, out_n, ours, sizeof(ours) - 1, in, in_n) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* Without this, OpenSSL would ask for the password of a key on the terminal. */
static int no_password(char *room, int size, int writing, void *arg)
{
	(void)room, (void)size, (void)writing, (void)arg;
	return 0;
}

/* TLS 1.2 keeps the ciphers with forward secrecy and authenticated encryption only (RFC 9325,
 * section 4.2). All ciphers of TLS 1.3 have both. */
static bool set_rules(SSL_CTX *context)
{
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* A write may take a part, and the rest may have moved when it is offered again. An idle
	 * session frees its two record buffers (34 KiB). */
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				      SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(context, 1); /* one recv for each record instead of two */
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* tickets need no memory */
	SSL_CTX_set_default_passwd_cb(context, no_password);
	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_num_tickets(context, 1) == 1 &&
	       SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

/* Returns NULL, or what is wrong with the files. */
static const char *load(SSL_CTX *context, char *const paths[FILES])
{
	if (SSL_CTX_use_certificate_chain_file(context, paths[CERT]) != 1)
		return "the certificate cannot be read: --tls-cert needs a readable PEM file, the "
		       "server's certificate first, then the intermediate ones";
	if (SSL_CTX_use_PrivateKey_file(context, paths[KEY], SSL_FILETYPE_PEM) == 1)
		return NULL;
	const int reason = ERR_GET_REASON(ERR_peek_last_error());
	return reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH
		   ? "the private key belongs to another certificate: check --tls-cert and "
		     "--tls-key"
		   : "the private key cannot be read: --tls-key needs a readable PEM file without "
		     "a password";
}

/* Clients resume their sessions after the certificate was renewed. */
static void keep_ticket_keys(SSL_CTX *old, SSL_CTX *new)
{
	unsigned char keys[TICKET_KEYS_MAX];
	const long n = SSL_CTX_get_tlsext_ticket_keys(old, NULL, 0);
	if (n > 0 && n <= TICKET_KEYS_MAX && SSL_CTX_get_tlsext_ticket_keys(old, keys, n) == 1)
		(void)SSL_CTX_set_tlsext_ticket_keys(new, keys, n);
	OPENSSL_cleanse(keys, sizeof(keys));
}

enum err http_tls_reload(struct http_tls *tls, const char **why)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	*why = "no memory for TLS";
	/* Before the files are read, so that a later change is never missed. */
	for (int i = 0; i < FILES; i++)
		tls->readings[i] = reading_of(tls->paths[i]);
	if (context == NULL || !set_rules(context)) {
		SSL_CTX_free(context);
		ERR_clear_error();
		return ERR_NO_MEMORY;
	}
	const char *problem = load(context, tls->paths);
	ERR_clear_error();
	if (problem != NULL) {
		SSL_CTX_free(context);
		*why = problem;
		return ERR_INVALID;
	}
	if (tls->context != NULL)
		keep_ticket_keys(tls->context, context);
	SSL_CTX_free(tls->context);
	tls->context = context;
	return ERR_OK;
}

enum err http_tls_new(const char *cert_file, const char *key_file, struct http_tls **out,
		      const char **why)
{
	struct http_tls *tls = calloc(1, sizeof(*tls));
	enum err err = ERR_NO_MEMORY;
	*why = "no memory for TLS";
	if (tls != NULL) {
		tls->paths[CERT] = strdup(cert_file);
		tls->paths[KEY] = strdup(key_file);
	}
	if (tls != NULL && tls->paths[CERT] != NULL && tls->paths[KEY] != NULL)
		err = http_tls_reload(tls, why);
	if (err != ERR_OK) {
		http_tls_free(tls);
		return err;
	}
	*out = tls;
	return ERR_OK;
}

bool http_tls_changed(const struct http_tls *tls)
{
	for (int i = 0; i < FILES; i++) {
		const struct reading now = reading_of(tls->paths[i]);
		if (!same_reading(&now, &tls->readings[i]))
			return true;
	}
	return false;
}

uint64_t http_tls_expires(const struct http_tls *tls)
{
	struct tm tm;
	const X509 *certificate = SSL_CTX_get0_certificate(tls->context);
	if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) != 1)
		return 0;
	const time_t seconds = timegm(&tm);
	return seconds > 0 ? (uint64_t)seconds : 0;
}

void http_tls_free(struct http_tls *tls)
{
	if (tls == NULL)
		return;
	SSL_CTX_free(tls->context);
	for (int i = 0; i < FILES; i++)
		free(tls->paths[i]);
	free(tls);
}

/* ---- the transport ---- */

struct session {
	SSL *ssl;
	bool dry; /* the last read found no whole record: only the socket can bring more */
};

static enum err tls_begin(struct connection *c, const struct http_tls *tls)
{
	struct session *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return ERR_NO_MEMORY;
	s->ssl = SSL_new(tls->context);
	if (s->ssl == NULL || SSL_set_fd(s->ssl, c->fd) != 1) {
		SSL_free(s->ssl);
		free(s);
		ERR_clear_error();
		return ERR_NO_MEMORY;
	}
	SSL_set_accept_state(s->ssl);
	c->session = s;
	return ERR_OK;
}

/* OpenSSL wants to write during a read only if the socket is full. The bytes of a handshake and of
 * a new key fit into an empty socket, so the wait for input is right in both cases. */
static ssize_t failure_of(SSL *ssl, int status)
{
	const int error = SSL_get_error(ssl, status);
	const int saved = errno;
	ERR_clear_error();
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return -EAGAIN;
	if (error == SSL_ERROR_ZERO_RETURN)
		return 0;
	return error == SSL_ERROR_SYSCALL && saved != 0 ? -saved : -EPROTO;
}

static ssize_t tls_read(struct connection *c, void *p, size_t n)
{
	struct session *s = c->session;
	size_t got = 0;
	errno = 0;
	const int status = SSL_read_ex(s->ssl, p, n, &got);
	s->dry = status != 1;
	return status == 1 ? (ssize_t)got : failure_of(s->ssl, status);
}

static bool tls_holds(const struct connection *c)
{
	const struct session *s = c->session;
	return !s->dry && SSL_has_pending(s->ssl) == 1;
}

/* Copies the bytes from `at` on into one record, so that a head and its body are one packet. */
static size_t gather(const struct iovec *parts, int n, size_t at, char record[RECORD_MAX])
{
	size_t used = 0;
	for (int i = 0; i < n && used < RECORD_MAX; i++) {
		const size_t skip = at < parts[i].iov_len ? at : parts[i].iov_len;
		size_t take = parts[i].iov_len - skip;
		at -= skip;
		if (take > RECORD_MAX - used)
			take = RECORD_MAX - used;
		if (take > 0)
			memcpy(record + used, (const char *)parts[i].iov_base + skip, take);
		used += take;
	}
	return used;
}

static ssize_t tls_write(struct connection *c, const struct iovec *parts, int n)
{
	SSL *ssl = ((struct session *)c->session)->ssl;
	char record[RECORD_MAX];
	size_t sent = 0, size, taken;
	while ((size = gather(parts, n, sent, record)) > 0) {
		errno = 0;
		const int status = SSL_write_ex(ssl, record, size, &taken);
		if (status != 1) {
			const ssize_t failure = failure_of(ssl, status);
			if (sent > 0 && failure == -EAGAIN)
				break;
			return failure == 0 ? -EPIPE : failure;
		}
		sent += taken;
	}
	return (ssize_t)sent;
}

/* Tells the client that no more bytes follow. What the socket does not take now is dropped: the end
 * of the response is known without it. */
static void tls_finish(struct connection *c)
{
	SSL *ssl = ((struct session *)c->session)->ssl;
	if (SSL_is_init_finished(ssl) && (SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN) == 0)
		(void)SSL_shutdown(ssl);
	ERR_clear_error();
}

static void tls_end(struct connection *c)
{
	struct session *s = c->session;
	tls_finish(c);
	SSL_free(s->ssl);
	free(s);
	c->session = NULL;
}

const struct transport transport_tls = {.begin = tls_begin,
					.read = tls_read,
					.holds = tls_holds,
					.write = tls_write,
					.finish = tls_finish,
					.end = tls_end};
