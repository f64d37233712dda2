// How often referd tries a delivery: the default schedule of the server, and the shorter one for a refused message.
import type { Schemas } from "../api";

/** Seconds between attempts, as in the server (src/delivery/policy.c). */
export const DEFAULT_SCHEDULE = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
const REFUSAL_SCHEDULE = [5, 300, 1800];
const REFUSALS = [400, 405, 406, 409, 411, 413, 414, 415, 422];

type Tried = Pick<Schemas["Delivery"], "last_error" | "last_status">;

const length = (seconds: number[]) => seconds.reduce((sum, s) => sum + s, 0);

/** The number of attempts of a delivery that keeps failing as it did last. */
export function attemptsMax(d: Tried, webhook: Pick<Schemas["Webhook"], "retry_schedule">): number {
	const own = webhook.retry_schedule ?? DEFAULT_SCHEDULE;
	const refused = d.last_error === "status" && d.last_status !== null && REFUSALS.includes(d.last_status);
	return 1 + (refused && length(own) >= length(REFUSAL_SCHEDULE) ? REFUSAL_SCHEDULE : own).length;
}
