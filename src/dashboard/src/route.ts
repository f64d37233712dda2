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

window.addEventListener("hashchange", () => {
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
	history.replaceState(null, "", address);
	route.value = read();
}
