/* Owns the words for what became of an outbound call.
 * Never makes one.
 * Called by everybody who shows or logs an attempt. */
#include "http/client.h"

const char *http_failure_name(enum http_failure failure)
{
	static const char *const names[] = {
	    [HTTP_FAIL_NONE] = "none",       [HTTP_FAIL_DNS] = "dns",
	    [HTTP_FAIL_CONNECT] = "connect", [HTTP_FAIL_TLS] = "tls",
	    [HTTP_FAIL_TIMEOUT] = "timeout", [HTTP_FAIL_PROTOCOL] = "protocol",
	    [HTTP_FAIL_POLICY] = "policy",
	};
	return names[failure];
}
