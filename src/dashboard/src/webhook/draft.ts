// A webhook while it is edited: what the sections show and change, and the body of the API that it becomes.
import type { Schemas } from "../api";
import { type FieldRow, rowsFor } from "./fields";
import { DEFAULT_SENDING, type Sending, sendingBody, sendingOf } from "./sending";

export type EventName = Schemas["EventName"];
export type UserType = Schemas["UserType"];
export type Source = Schemas["Source"];
export type Method = Schemas["WebhookMethod"];
export type Format = Schemas["WebhookFormat"];

/** A name and a value; the key tells two rows apart while their text changes. */
export interface Pair {
	key: number;
	name: string;
	value: string;
}

export interface Draft {
	events: EventName[];
	campaign: number | null;
	types: UserType[];
	sources: Source[];
	url: string;
	method: Method;
	format: Format;
	fields: FieldRow[];
	fieldsChosen: boolean; // false: the default fields, which follow the events
	hidden: Pair[];
	headers: Pair[];
	sending: Sending;
	name: string;
}

/** What the server shows in place of a stored header value. Sent back, it keeps the value. */
export const MASK = "********";

let keys = 0;
export const pair = (name = "", value = ""): Pair => ({ key: ++keys, name, value });

export function emptyDraft(campaign: number | null): Draft {
	return {
		events: ["user.join"],
		campaign,
		types: ["person_invited"],
		sources: [],
		url: "",
		method: "POST",
		format: "query",
		fields: rowsFor(["user.join"]),
		fieldsChosen: false,
		hidden: [],
		headers: [],
		sending: DEFAULT_SENDING,
		name: "",
	};
}

export function draftOf(w: Schemas["Webhook"]): Draft {
	return {
		events: w.events,
		campaign: w.campaign_id,
		types: w.types.length > 0 ? w.types : ["person_referring", "person_invited"],
		sources: w.sources,
		url: w.url,
		method: w.method,
		format: w.format,
		fields: rowsFor(w.events, w.fields),
		fieldsChosen: true,
		hidden: w.hidden_fields.map((h) => pair(h.name, h.value)),
		headers: w.headers.map((h) => pair(h.name, h.value)),
		sending: sendingOf(w),
		name: w.name,
	};
}

const filled = (pairs: Pair[]) =>
	pairs.filter((p) => p.name !== "" || p.value !== "").map(({ name, value }) => ({ name, value }));

/** Which events the webhook gets: the body of POST /webhooks/matches. */
export function selectionOf(d: Draft) {
	return { events: d.events, campaign_id: d.campaign, types: d.types, sources: d.sources };
}

export function bodyOf(d: Draft) {
	return {
		...selectionOf(d),
		url: d.url.trim(),
		method: d.method,
		format: d.format,
		fields: d.fieldsChosen ? d.fields.filter((f) => f.on).map(({ field, as }) => ({ field, as })) : null,
		hidden_fields: filled(d.hidden),
		headers: filled(d.headers),
		...sendingBody(d.sending),
		...(d.name.trim() !== "" && { name: d.name.trim() }),
	};
}

type Body = ReturnType<typeof bodyOf>;

/** The members that differ: a change names nothing else, so that what somebody else changed meanwhile stays. */
export function changesOf(before: Draft, after: Draft): Partial<Body> {
	const old: Record<string, unknown> = bodyOf(before);
	const now: [string, unknown][] = Object.entries(bodyOf(after));
	return Object.fromEntries(now.filter(([name, value]) => JSON.stringify(old[name]) !== JSON.stringify(value)));
}

/** The next address that may be acceptable where this one is not; undefined if nothing obvious is wrong. */
export function betterUrl(typed: string): string | undefined {
	const url = typed
		.trim()
		.replace(/^http:\/\//i, "https://")
		.replace(/^(?![a-z][a-z0-9+.-]*:\/\/)/i, "https://")
		.replace(/#.*$/, "")
		.replace(/\s/g, "%20");
	return url !== typed.trim() && url.length > "https://".length ? url : undefined;
}
