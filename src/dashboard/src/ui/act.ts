// Doing something on the server from a button: what was done is said, and so is what went wrong.
import { Problem } from "../api";
import { problemText, say } from "./parts";

/** Runs `work` and shows the text that it returns, with a button for `undo` if that is given. Shows a Problem too.
 * Returns true on success. */
export async function act(work: () => Promise<string | undefined>, undo?: () => void): Promise<boolean> {
	try {
		const text = await work();
		if (text) say(text, undo);
		return true;
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		say(problemText(error));
		return false;
	}
}
