// One connection to GET /api/v2/stream. It is read with fetch, because an EventSource cannot tell a server that fell
// silent from a server with no news, and some browsers end it for good when the server restarts.
import { address } from "./api";

const SILENCE_MS = 20_000; // the server writes at least every 5 seconds

/** The data of each complete event in `text`, and the text after the last of them. */
function split(text: string): { events: string[]; rest: string } {
	const blocks = text.split("\n\n");
	const rest = blocks.pop() ?? "";
	const data = blocks.map((block) => /^data: (.*)$/m.exec(block)?.[1]);
	return { events: data.filter((d) => d !== undefined), rest };
}

async function readAll(body: ReadableStream<Uint8Array>, heard: () => void, event: (data: string) => void): Promise<void> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let text = "";
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		heard();
		const { events, rest } = split(text + decoder.decode(value, { stream: true }));
		text = rest;
		events.forEach(event);
	}
}

/** Reads the stream until it ends, fails, falls silent, or `stop` aborts it. Answers the status, 0 without an answer. */
export async function readStream(stop: AbortSignal, opened: () => void, event: (data: string) => void): Promise<number> {
	const silent = new AbortController();
	let timer = 0;
	const heard = () => {
		clearTimeout(timer);
		timer = window.setTimeout(() => silent.abort(), SILENCE_MS);
	};
	const give = () => silent.abort();
	stop.addEventListener("abort", give);
	let status = 0;
	try {
		heard();
		const answer = await fetch(address("/api/v2/stream"), { signal: silent.signal, cache: "no-store" });
		status = answer.status;
		if (answer.ok && answer.body) {
			opened();
			await readAll(answer.body, heard, event);
		}
	} catch (error) {
		if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
	} finally {
		clearTimeout(timer);
		stop.removeEventListener("abort", give);
	}
	return status;
}
