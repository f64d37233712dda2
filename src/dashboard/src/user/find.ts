// Finding people by what somebody types: an id or a code, a whole address, or the beginning of an address.
import { call, client } from "../api";
import type { User } from "./link";

export interface FoundUsers {
	/** Those whom the text names: by id, code or whole address. */
	named: User[];
	/** Those whose address begins with the text, in the order of addresses. */
	begun: User[];
	/** False while referd is still writing the index of addresses: people may be missing. */
	complete: boolean;
}

const ADDRESS_MAX = 254;

/** The filters under which a text may name one person. */
function namingFilters(text: string): { id?: string; code?: string; email?: string }[] {
	if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) return [{ email: text }];
	const filters = [];
	if (/^[1-9]\d{0,14}$/.test(text)) filters.push({ id: text });
	if (/^[0-9A-Za-z_-]{4,64}$/.test(text)) filters.push({ code: text });
	return filters;
}

/** An address contains no blank, and the API refuses a longer text. */
export function canBegin(text: string): boolean {
	return text !== "" && !/\s/.test(text) && new TextEncoder().encode(text).length <= ADDRESS_MAX;
}

async function beginning(text: string, max: number, signal: AbortSignal): Promise<{ users: User[]; complete: boolean }> {
	if (!canBegin(text)) return { users: [], complete: true };
	const query = { email_prefix: text, per_page: max };
	const { data, meta } = await call(client.GET("/api/v2/users", { params: { query }, signal }));
	return { users: data, complete: meta.index?.complete ?? true };
}

export async function findUsers(text: string, max: number, signal: AbortSignal): Promise<FoundUsers> {
	const naming = namingFilters(text).map((filter) =>
		call(client.GET("/api/v2/users", { params: { query: { ...filter, per_page: max } }, signal })),
	);
	const [begun, ...lists] = await Promise.all([beginning(text, max, signal), ...naming]);
	const named = new Map(lists.flatMap((list) => list.data).map((user) => [user.id, user]));
	const others = begun.users.filter((user) => !named.has(user.id));
	return { named: [...named.values()], begun: others, complete: begun.complete };
}
