// "As of 14:02": what the frame shows while there is no stream.
import { asOf } from "../live";
import { moment, t } from "../words";

/** It lies over a corner of the page, so that nothing moves when it comes and goes. */
export function Stale() {
	const since = asOf.value;
	return (
		<div role="status">{since && <p class="stale">{t("stale", { time: moment(since.toISOString()) })}</p>}</div>
	);
}
