// What the window shows until the server says who is signed in: nothing, or that the server does not answer.
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api";
import { Failed } from "../ui/parts";
import { t } from "../words";
import { refresh } from "./sign-in";

const AGAIN_MS = 3000;

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
