// The address bar is the state: `#/deliveries?status=exhausted` is a path and a query, and a reload keeps both.
import { computed, signal } from "@preact/signals";

export interface Route {
	path: string[];
	query: URLSearchParams;
}

function read(): Route {
	const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
	return { path: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export const route = signal<Route>(read());
export const section = computed(() => route.value.path[0] ?? "campaigns");

/** How many pages of the dashboard are before this one in the tab's history; each entry of the history knows its own. */
let depth = depthOf(history.state) ?? 0;
/** True if the reader came to this page by going back. */
export let cameBack = false;

function depthOf(state: unknown): number | undefined {
	return typeof state === "object" && state !== null && "depth" in state ? Number(state.depth) : undefined;
}

history.replaceState({ depth }, "");
window.addEventListener("hashchange", () => {
	const known = depthOf(history.state);
	cameBack = known !== undefined && known < depth;
	depth = known ?? depth + 1;
	if (known === undefined) history.replaceState({ depth }, "");
	route.value = read();
});

type Query = Record<string, string | number | undefined>;

/** The address of a page, for links: href("deliveries", 7) or href("deliveries", { status: "exhausted" }). */
export function href(...parts: (string | number | Query)[]): string {
	const segments = parts.filter((p): p is string | number => typeof p !== "object");
	const query = new URLSearchParams();
	for (const part of parts)
		if (typeof part === "object")
			for (const [name, value] of Object.entries(part))
				if (value !== undefined && value !== "") query.set(name, String(value));
	const text = query.toString();
	return `#/${segments.map((s) => encodeURIComponent(s)).join("/")}${text && `?${text}`}`;
}

export function go(...parts: (string | number | Query)[]): void {
	location.hash = href(...parts);
}

/** Changes filters of this page. The entry in the history is replaced, so that Back leaves the page. */
export function filter(changes: Query): void {
	const query = Object.fromEntries(route.value.query);
	const address = href(...route.value.path, { ...query, ...changes });
	history.replaceState(history.state, "", address);
	route.value = read();
}

/** To the page before this one, or else to the page above it: from a webhook to the webhooks. */
export function back(): void {
	const { path } = route.peek();
	if (depth > 0) history.back();
	else if (path.length > 1) go(...path.slice(0, -1));
}
