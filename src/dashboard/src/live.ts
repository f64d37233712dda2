// One stream of changes for the whole tab. Pages hear what changed and load only that; without the stream they poll.
import { effect, signal } from "@preact/signals";
import { address, client, type Schemas } from "./api";
import { ended, session } from "./session";

export type Change = Schemas["StreamChange"];
export type List = Change["changed"][number];

/** Does this change concern what a page shows? `undefined`: the stream began again, and anything may have changed. */
export type Concerns = (change: Change) => boolean;

/** True while the stream is open, so that nothing needs to poll. */
export const live = signal(false);

const RETRY_MS = 15_000;
const listeners = new Set<(change: Change | undefined) => void>();
let source: EventSource | undefined;
let retry = 0;

export function listen(fn: (change: Change | undefined) => void): () => void {
	listeners.add(fn);
	return () => void listeners.delete(fn);
}

/** The usual answer: `useLoad(key, load, 2000, changes("deliveries"))`. */
export function changes(...lists: List[]): Concerns {
	return (change) => change.changed.some((list) => lists.includes(list));
}

function tell(change: Change | undefined): void {
	for (const fn of [...listeners]) fn(change);
}

/** The stream ends at once with the session, and the page should not wait for its next call to learn it. */
async function lookAtSession(): Promise<void> {
	const answer = await client.GET("/api/v2/session").catch(() => undefined);
	if (answer?.data && answer.data.data === null) ended();
}

function open(): void {
	source = new EventSource(address("/api/v2/stream"));
	source.onopen = () => {
		live.value = true;
		tell(undefined);
	};
	source.onerror = () => {
		if (live.value) void lookAtSession();
		live.value = false;
		if (source?.readyState !== EventSource.CLOSED) return; // else the browser connects again by itself
		close();
		retry = window.setTimeout(open, RETRY_MS);
	};
	source.addEventListener("change", (event) => tell(JSON.parse((event as MessageEvent<string>).data) as Change));
}

function close(): void {
	clearTimeout(retry);
	source?.close();
	source = undefined;
	live.value = false;
}

/** The stream is open while somebody is signed in. */
export function stayLive(): void {
	effect(() => {
		const signedIn = session.value.state === "in";
		if (signedIn && !source) open();
		if (!signedIn) close();
	});
}
