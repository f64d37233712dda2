/* Owns the names of the methods. Never contains the route table (src/api/routes.c). Called by all
 * code that writes a method.
 */
#include "route.h"

#include <stddef.h>

#include "http/server.h"

const struct method ROUTE_METHODS[] = {
    {HTTP_GET, "GET"},     {HTTP_HEAD, "HEAD"},     {HTTP_POST, "POST"},       {HTTP_PUT, "PUT"},
    {HTTP_PATCH, "PATCH"}, {HTTP_DELETE, "DELETE"}, {HTTP_OPTIONS, "OPTIONS"}, {0, NULL},
};

const char *route_method_word(unsigned method)
{
	for (const struct method *m = ROUTE_METHODS; m->word != NULL; m++)
		if (m->method == method)
			return m->word;
	return "";
}
