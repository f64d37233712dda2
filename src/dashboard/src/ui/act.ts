// Doing something on the server, from a button or from a form: what was done is said, and so is what went wrong.
import { useState } from "preact/hooks";
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

/** The handler of a form that runs `work`. A Problem stays beside the form until it is sent again with success. */
export function useSubmit(work: () => Promise<unknown>): { submit: (e: Event) => void; problem: Problem | undefined } {
	const [problem, setProblem] = useState<Problem>();
	const submit = async (event: Event) => {
		event.preventDefault();
		setProblem(await attempt(work));
	};
	return { submit: (e) => void submit(e), problem };
}
