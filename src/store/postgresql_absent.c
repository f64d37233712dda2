/* Owns the refusal of a program that was built without libpq. Never reaches a database. Called by
 * the commands that open a database by its address.
 */
#include "store/engine.h"

enum err engine_postgresql_open(const struct engine_postgresql_config *config, struct engine **out,
				const char **why)
{
	(void)config;
	(void)out;
	*why = "this referd was built without PostgreSQL: install libpq-dev and run make again";
	return ERR_INVALID;
}
