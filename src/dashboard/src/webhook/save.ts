// Saving a webhook that somebody else may have changed since this page read it.
import { Problem, client, versioned, type Schemas } from "../api";
import { merge } from "../merge";
import type { Conflict } from "../ui/conflict";
import type { Words } from "../words/en";
import { t } from "../words";
import { type Draft, bodyOf, changesOf, draftOf } from "./draft";

/** The webhook as the page read it. */
export interface Base {
	stored: Draft;
	etag: string;
}

export interface Saved {
	base: Base;
	draft: Draft;
	webhook?: Schemas["Webhook"]; // undefined: nothing is saved, because of `conflict`
	conflict?: Conflict<Draft>;
}

/** The member of a draft that becomes this member of the body. */
const memberOf = (name: string) => (({ campaign_id: "campaign", hidden_fields: "hidden" })[name] ?? name) as keyof Draft;

const LABELS: Partial<Record<keyof Draft, keyof Words>> = {
	events: "event", campaign: "campaign", types: "stepWho", sources: "stepWho", method: "method", format: "format",
	fields: "stepFields", hidden: "stepHidden", headers: "stepHeaders", name: "name",
};

export function labelOf(member: string): string {
	const word = LABELS[member as keyof Draft];
	return word ? t(word) : member === "url" ? "URL" : member;
}

/** A draft whose named members are as in `from`. */
export function withMembers(draft: Draft, from: Draft, members: string[]): Draft {
	const taken = Object.fromEntries(members.map((name) => [name, from[name as keyof Draft]]));
	return { ...draft, ...taken, ...(members.includes("fields") && { fieldsChosen: from.fieldsChosen }) };
}

async function put(id: number, base: Base, mine: Draft): Promise<Saved> {
	const params = { path: { id: String(id) }, header: { "If-Match": base.etag } };
	const { data, etag } = await versioned(client.PUT("/api/v2/webhooks/{id}", { params, body: changesOf(base.stored, mine) }));
	const stored = draftOf(data);
	return { base: { stored, etag }, draft: stored, webhook: data };
}

/** Saves what differs. If somebody else saved first, what only they changed is taken as well; what both changed is not
 * saved but answered. */
export async function save(id: number, base: Base, mine: Draft): Promise<Saved> {
	try {
		return await put(id, base, mine);
	} catch (error) {
		if (!(error instanceof Problem && error.status === 412)) throw error;
	}
	const path = { id: String(id) };
	const { data, etag } = await versioned(client.GET("/api/v2/webhooks/{id}", { params: { path } }));
	const theirs = draftOf(data);
	const now = { stored: theirs, etag };
	const draft = withMembers(theirs, mine, Object.keys(changesOf(base.stored, mine)).map(memberOf));
	const { both } = merge(bodyOf(base.stored), bodyOf(mine), bodyOf(theirs));
	if (both.length === 0) return put(id, now, draft);
	return { base: now, draft, conflict: { both: both.map(memberOf), theirs } };
}
