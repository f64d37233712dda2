// "As of 14:02": what the frame shows while there is no stream, and at the start while there is no server.
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api";
import { asOf } from "../live";
import { refresh } from "../pages/sign-in";
import { moment, t } from "../words";
import { Failed } from "./parts";

const AGAIN_MS = 3000;

/** It lies over a corner of the page, so that nothing moves when it comes and goes. */
export function Stale() {
	const since = asOf.value;
	return (
		<div role="status">{since && <p class="stale">{t("stale", { time: moment(since.toISOString()) })}</p>}</div>
	);
}

/** Asks again who is signed in, until the server answers. */
export function Starting() {
	const [failed, setFailed] = useState(false);
	const ask = () => void refresh().then((answered) => answered || setFailed(true));
	useEffect(() => {
		const timer = setInterval(ask, AGAIN_MS);
		return () => clearInterval(timer);
	}, []);
	return failed ? (
		<main class="signin">
			<h1>referd</h1>
			<Failed problem={new Problem(t("noAnswerYet"), 503)} again={ask} />
		</main>
	) : null;
}
