// Two people change one object. What only one of them changed is taken from that person; the rest is for people to decide.

/** Names the rows of a form on the page, and nothing on the server. */
const LOCAL = ["key", "fresh"];

function same(a: unknown, b: unknown): boolean {
	const text = (value: unknown) => JSON.stringify(value, (name, part: unknown) => (LOCAL.includes(name) ? undefined : part));
	return text(a) === text(b);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

export interface Merged<T> {
	merged: T; // mine, with what only they changed
	both: string[]; // the members that both changed, each in its own way: "name", "pages.headline"
}

/** `before` is what both began with. */
export function merge<T extends object>(before: T, mine: T, theirs: T): Merged<T> {
	const merged: Record<string, unknown> = Object.fromEntries(Object.entries(mine));
	const both: string[] = [];
	const [was, here, there] = [before, mine, theirs] as unknown as Record<string, unknown>[];
	for (const name of Object.keys(mine)) {
		const [b, m, t] = [was?.[name], here?.[name], there?.[name]];
		if (same(b, t) || same(m, t)) continue;
		if (same(b, m)) merged[name] = t;
		else if (isRecord(b) && isRecord(m) && isRecord(t)) {
			const inside = merge(b, m, t);
			merged[name] = inside.merged;
			both.push(...inside.both.map((part) => `${name}.${part}`));
		} else both.push(name);
	}
	return { merged: merged as T, both };
}

/** The value of a member as merge names it. */
export function valueOf(object: object, path: string): unknown {
	return path.split(".").reduce<unknown>((part, name) => (isRecord(part) ? part[name] : undefined), object);
}

/** `mine` with these members as in `theirs`. */
export function take<T extends object>(mine: T, theirs: T, paths: string[]): T {
	const taken = structuredClone(mine) as Record<string, unknown>;
	for (const path of paths) {
		const parts = path.split(".");
		const last = parts.pop() ?? "";
		const inside = parts.reduce((part, name) => part[name] as Record<string, unknown>, taken);
		inside[last] = valueOf(theirs, path);
	}
	return taken as T;
}
