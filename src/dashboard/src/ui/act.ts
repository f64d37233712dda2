// Doing something on the server, from a button or from a form: what was done is said, and so is what went wrong.
import { useRef, useState } from "preact/hooks";
import { Problem, attempt } from "../api";
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

type Once = <T>(body: unknown, send: (header: { "Idempotency-Key": string }) => Promise<T>) => Promise<T>;

function randomKey(): string {
	return [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
}

/** The key must not outlive an answer: the same text may be sent again on purpose. A proxy's 5xx says nothing about
 * whether the server did it. */
function answered(error: unknown): boolean {
	return error instanceof Problem && error.status > 0 && error.status < 500;
}

/** Sends a request with an Idempotency-Key that stays the same while there is no answer and the text is unchanged: a
 * request that is sent again, because its answer was lost, is done once. */
export function makeOnce(): Once {
	let last = { text: "", key: "" };
	return async (body, send) => {
		const text = JSON.stringify(body);
		if (text !== last.text) last = { text, key: randomKey() };
		try {
			const answer = await send({ "Idempotency-Key": last.key });
			last = { text: "", key: "" };
			return answer;
		} catch (error) {
			if (answered(error)) last = { text: "", key: "" };
			throw error;
		}
	};
}

/** The same for a form: its key is forgotten with the form. */
export function useOnce(): Once {
	return useState(makeOnce)[0];
}
