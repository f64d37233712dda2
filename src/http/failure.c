/* Owns the names of the failures of outbound calls. Never makes a call. Called by delivery and api,
 * which log and show attempts. */
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
