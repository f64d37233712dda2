// One stream of changes for the whole browser. Pages hear what changed and load only that; without the stream they poll.
import { effect, signal } from "@preact/signals";
import { base, type Schemas } from "./api";
import { refresh } from "./pages/sign-in";
import { session } from "./session";
import { readStream } from "./stream";

export type Change = Schemas["StreamChange"];
export type List = Change["changed"][number];

/** Does this change concern what a page shows? `undefined`: the stream began again, and anything may have changed. */
export type Concerns = (change: Change) => boolean;

/** True while the stream is open, so that nothing needs to poll. */
export const live = signal(false);
/** From when the page is, after the stream has been lost for so long that its reader should know. */
export const asOf = signal<Date | undefined>(undefined);

const FIRST_MS = 1000; // the wait before the stream is opened again; it doubles up to LONGEST_MS
const LONGEST_MS = 15_000;
const NOTICE_MS = 3000; // a shorter loss is not worth a word
const FIRST_DRAWN_MS = 1500; // after the first opening of the stream, the first page is drawn
const HIDDEN_MS = 10_000; // after that, a hidden tab gives its stream away

const listeners = new Set<(change: Change | undefined) => void>();

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

/* ---- one stream for all tabs ----
 * A browser opens at most six connections to a server that speaks HTTP/1.1, for all tabs together. So the tabs share a
 * stream: the tab with the lock reads it and passes it on. Locks need https or localhost. Without them, each visible
 * tab reads a stream of its own; a hidden tab never does. */

/** "open" answers "hello"; "began" means that the stream was opened just now, perhaps after a gap. */
type News = "hello" | "open" | "began" | "lost" | "session" | Change;

const NAME = `referd ${base}`;
const shared = "locks" in navigator && typeof BroadcastChannel === "function";
const channel = shared ? new BroadcastChannel(NAME) : undefined;
let leads = false;

let everBegan = false;

/** Loads everything again that may have changed before the stream began. A page that has just loaded gets time to draw first. */
function began(): void {
	live.value = true;
	setTimeout(() => tell(undefined), everBegan ? 0 : FIRST_DRAWN_MS);
	everBegan = true;
}

/** The stream ends at once with the session, and the page should not wait for its next call to learn it. */
function lost(): void {
	if (live.value) void refresh();
	live.value = false;
}

function pass(news: News): void {
	channel?.postMessage(news);
}

function hear(news: News): void {
	if (news === "session") void refresh();
	else if (news === "hello") leads && live.value && pass("open");
	else if (!following || leads) return;
	else if (news === "began") began();
	else if (news === "open") live.value || began();
	else if (news === "lost") lost();
	else tell(news);
}

channel?.addEventListener("message", (event: MessageEvent<News>) => hear(event.data));

/** Waits, but not longer than until the network is back. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			window.removeEventListener("online", end);
			resolve();
		};
		const timer = setTimeout(end, ms);
		window.addEventListener("online", end);
		stop.addEventListener("abort", end, { once: true });
	});
}

/** Keeps the stream open until `stop`. The waits are not the same in all browsers, so that they do not return at once. */
async function lead(stop: AbortSignal): Promise<void> {
	leads = true;
	let wait = FIRST_MS;
	while (!stop.aborted) {
		const open = () => {
			wait = FIRST_MS;
			began();
			pass("began");
		};
		const status = await readStream(stop, open, (data) => {
			const change = JSON.parse(data) as Change;
			tell(change);
			pass(change);
		});
		if (stop.aborted) break;
		lost();
		pass("lost");
		if (status === 401) void refresh();
		await pause(wait * (0.5 + Math.random() / 2), stop);
		wait = Math.min(wait * 2, LONGEST_MS);
	}
	leads = false;
}

let following: AbortController | undefined;

function start(): void {
	const stop = new AbortController();
	following = stop;
	if (!shared) return void lead(stop.signal);
	pass("hello");
	navigator.locks.request(NAME, { signal: stop.signal }, () => lead(stop.signal)).catch((error: unknown) => {
		if (!stop.signal.aborted) throw error;
	});
}

function stop(): void {
	following?.abort();
	following = undefined;
	live.value = false;
}

/* ---- when ---- */

/** False some time after the tab was hidden. What changes while nobody looks is loaded when somebody does. */
function watchTab(): { visible: { readonly value: boolean } } {
	const visible = signal(document.visibilityState === "visible");
	let timer = 0;
	document.addEventListener("visibilitychange", () => {
		clearTimeout(timer);
		if (document.visibilityState === "hidden") timer = window.setTimeout(() => (visible.value = false), HIDDEN_MS);
		else if (!visible.value) {
			void refresh(); // meanwhile, another tab may have signed in again
			visible.value = true;
		}
	});
	return { visible };
}

/** The stream is open while somebody is signed in and looks. */
export function stayLive(): void {
	const { visible } = watchTab();
	effect(() => {
		const wanted = session.value.state === "in" && visible.value;
		if (wanted && !following) start();
		if (!wanted && following) stop();
	});
	effect(() => {
		if (session.value.state === "in") pass("session");
	});
	effect(() => {
		if (live.value || !visible.value || session.value.state !== "in") return void (asOf.value = undefined);
		const since = new Date();
		const timer = setTimeout(() => (asOf.value = since), NOTICE_MS);
		return () => clearTimeout(timer);
	});
}
