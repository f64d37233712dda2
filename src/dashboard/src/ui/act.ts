// Doing something on the server, from a button or from a form: what was done is said, and so is what went wrong.
import { useRef, useState } from "preact/hooks";
import { type Problem, attempt } from "../api";
import { problemText, say } from "./parts";

/** Runs `work` and shows the text that it returns, with a button for `undo` if that is given. Shows a Problem too.
 * Returns true on success. */
export async function act(work: () => Promise<string | undefined | void>, undo?: () => void): Promise<boolean> {
	const problem = await attempt(async () => {
		const text = await work();
		if (text) say(text, undo);
	});
	if (problem) say(problemText(problem));
	return problem === undefined;
}

interface Submit {
	submit: (e: Event) => void;
	busy: boolean;
	problem: Problem | undefined;
	again: (() => void) | undefined; // if the server did not answer
}

/** The handler of a form that runs `work`. A Problem stays beside the form until it is sent again with success. While
 * `work` runs, a second click does nothing. */
export function useSubmit(work: () => Promise<unknown>): Submit {
	const [problem, setProblem] = useState<Problem>();
	const [busy, setBusy] = useState(false);
	const running = useRef(false);
	const run = async () => {
		if (running.current) return;
		running.current = true;
		setBusy(true);
		setProblem(await attempt(work));
		setBusy(false);
		running.current = false;
	};
	const submit = (event: Event) => {
		event.preventDefault();
		void run();
	};
	return { submit, busy, problem, again: problem?.status === 0 ? () => void run() : undefined };
}

/** Answers the Idempotency-Key of a request: a request that is sent again, because its answer was lost, has the same key,
 * and the server does it once. */
export function useOnce(): (body: unknown) => { "Idempotency-Key": string } {
	const last = useRef({ text: "", key: "" });
	return (body) => {
		const text = JSON.stringify(body);
		const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
		if (text !== last.current.text) last.current = { text, key: random() };
		return { "Idempotency-Key": last.current.key };
	};
}
