// The only way to the server: a client whose types come from referd's own OpenAPI document.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "referd-api";
import { said } from "./said";
import { differs, ended, enter, session } from "./session";
import { loadWords } from "./words";

export type Schemas = components["schemas"];

/** What went wrong, in words that a person can act on. */
export class Problem extends Error {
	constructor(
		message: string,
		readonly status: number,
		readonly fields: Schemas["Error"]["errors"] = {},
	) {
		super(message);
	}
}

/** Where the server is, without a slash at the end. */
export const base = new URL(".", location.href.split("#")[0]).href.replace(/\/$/, "");

/** A server that takes longer counts as lost; a button must not wait forever. */
const ANSWER_MS = 30_000;

/** Ends with the caller's signal, or after ANSWER_MS. (Older browsers lack AbortSignal.any.) */
function limited(signal: AbortSignal): AbortSignal {
	const both = new AbortController();
	const stop = () => both.abort();
	if (signal.aborted) stop();
	signal.addEventListener("abort", stop);
	setTimeout(stop, ANSWER_MS);
	return both.signal;
}

/** The server refused what the page offered: the person's role has changed. */
async function renew(): Promise<void> {
	const { data } = await client.GET("/api/v2/session").catch(() => ({ data: undefined }));
	if (data?.data && differs(data.data)) enter(data.data);
}

const withSession: Middleware = {
	onRequest({ request }) {
		const csrf = session.value.state === "in" ? session.value.csrf : "";
		if (csrf && request.method !== "GET") request.headers.set("X-CSRF-Token", csrf);
		// An import takes as long as its file needs.
		if (request.url.split("?")[0]?.endsWith("/import")) return request;
		return new Request(request, { signal: limited(request.signal) });
	},
	onResponse({ request, response }) {
		if (response.status === 401 && !request.url.endsWith("/session")) ended();
		if (response.status === 403) void renew();
		return response;
	},
};

/** The address of a call, for what does not go through the client: streams and downloads. */
export function address(path: string): string {
	return base + path;
}

export const client = createClient<paths>({ baseUrl: base });
client.use(withSession);

interface Answer<T> {
	data?: T;
	error?: unknown;
	response: Response;
}

type Fields = Schemas["Error"]["errors"];

/** What the server says about each field, in the reader's language. */
function translated(fields: Fields): Fields {
	const all = Object.entries(fields);
	return Object.fromEntries(all.map(([name, about]) => [name, about.map((e) => ({ ...e, message: said(e.message) }))]));
}

/** The data of an answer, or a Problem: `const list = await call(client.GET("/api/v2/webhooks"))`. */
export async function call<T>(request: Promise<Answer<T>>): Promise<T> {
	let answer: Answer<T>;
	try {
		answer = await request;
	} catch {
		throw new Problem("", 0);
	}
	if (answer.response.ok) return answer.data as T;
	await loadWords().catch(() => undefined); // the words translate the server's messages
	const error = (answer.error ?? {}) as Partial<Schemas["Error"]>;
	throw new Problem(said(error.message ?? ""), answer.response.status, translated(error.errors ?? {}));
}

export interface Versioned<T> {
	data: T;
	etag: string; // for If-Match: the server refuses a change from another version with 412
}

/** The same for an object that has a version. */
export async function versioned<T>(request: Promise<Answer<{ data: T }>>): Promise<Versioned<T>> {
	const { data } = await call(request);
	return { data, etag: (await request).response.headers.get("ETag") ?? "" };
}

/** The cursor in the link to another page of a list. */
export function cursorOf(link: string | null | undefined): string | undefined {
	return link ? (new URL(link).searchParams.get("cursor") ?? undefined) : undefined;
}

/** Runs `work` and returns the Problem that it met, or undefined if it worked. Throws every other error on. */
export async function attempt(work: () => Promise<unknown>): Promise<Problem | undefined> {
	try {
		await work();
		return undefined;
	} catch (error) {
		if (error instanceof Problem) return error;
		throw error;
	}
}

/** The answer, or undefined if the server knows no such object (404). */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
	try {
		return await answer;
	} catch (error) {
		if (error instanceof Problem && error.status === 404) return undefined;
		throw error;
	}
}
