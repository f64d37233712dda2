// What an operator has typed into the builder and not saved: kept while the tab is open, and compared with the server's.
import { effect, signal, type Signal } from "@preact/signals";
import { type Problem, type Schemas, attempt, client, versioned } from "../api";
import { merge } from "../merge";
import type { Conflict } from "../ui/conflict";
import { dayIn, wordsIn } from "./days";
import { store, stored } from "./stored";

export type Campaign = Schemas["Campaign"];
export type Change = Schemas["CampaignChange"];
export type UserType = "person_referring" | "person_invited";
export type TextName = Exclude<keyof Schemas["CampaignPages"], "words">;
export type Param = "code" | "first_name" | "email" | "referrer_first_name";

export const USER_TYPES: UserType[] = ["person_referring", "person_invited"];
export const PARAMS: Param[] = ["code", "first_name", "email", "referrer_first_name"];
export const BUILT_IN = ["first_name", "email"];

export interface FormField {
	key: number; // names the row on the page, while its id may still change
	fresh: boolean; // not saved yet: its id may change
	id: string;
	label: string;
	type: Schemas["FormFieldType"];
	options: string; // one on each line
	required: boolean;
}

export interface Draft {
	name: string;
	lang: string;
	timezone: string;
	starts_at: string; // a day in the time zone, or empty
	ends_at: string;
	existing: Schemas["CampaignExisting"];
	test_mode: boolean;
	fields: Record<UserType, FormField[]>;
	redirects: boolean;
	redirect_url: string;
	params: Record<Param, string>;
	pass_params: string;
	pages: Record<TextName, string>;
	words: Record<string, string>; // texts that replace the server's own words, by key
	logo_url: string;
	colour: string;
}

export interface Work {
	id: number;
	saved: Signal<Campaign>;
	etag: string; // of `saved`
	draft: Signal<Draft>;
	problem: Signal<Problem | undefined>;
	busy: Signal<boolean>;
	conflict: Signal<Conflict<Draft> | undefined>;
	found: boolean; // it was left unsaved before a reload
}

let keys = 0;

export function newField(field: Partial<FormField>): FormField {
	return { key: ++keys, fresh: true, id: "", label: "", type: "text", options: "", required: false, ...field };
}

function fieldsOf(list: Schemas["FormField"][]): FormField[] {
	return list
		.filter((f) => !BUILT_IN.includes(f.id))
		.map((f) => newField({ ...f, fresh: false, options: f.options.join("\n") }));
}

function textsIn({ words, ...pages }: Schemas["CampaignPages"]): Pick<Draft, "pages" | "words"> {
	const typed = (texts: object) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text ?? ""]));
	return { pages: typed(pages) as Draft["pages"], words: typed(words ?? {}) };
}

export function draftOf(c: Campaign): Draft {
	const { redirect } = c;
	return {
		name: c.name, lang: c.lang, timezone: c.timezone, existing: c.existing, test_mode: c.test_mode,
		starts_at: dayIn(c.timezone, c.starts_at), ends_at: dayIn(c.timezone, c.ends_at),
		fields: {
			person_referring: fieldsOf(c.fields.person_referring),
			person_invited: fieldsOf(c.fields.person_invited),
		},
		redirects: redirect !== null,
		redirect_url: redirect?.url ?? "",
		params: {
			code: redirect?.code_param ?? "code",
			first_name: redirect?.first_name_param ?? "",
			email: redirect?.email_param ?? "",
			referrer_first_name: redirect?.referrer_first_name_param ?? "",
		},
		pass_params: c.pass_params.join(" "),
		...textsIn(c.pages),
		logo_url: c.logo_url ?? "", colour: c.colour ?? "",
	};
}

function listOf(fields: FormField[]): Schemas["FormFieldChange"][] {
	return fields.map(({ id, label, type, options, required }) => ({
		id, label, type, required, options: type === "select" ? options.split("\n").filter((o) => o.trim() !== "") : [],
	}));
}

function redirectOf(d: Draft): Schemas["CampaignRedirect"] {
	if (!d.redirects) return null;
	const params = Object.fromEntries(PARAMS.map((p) => [`${p}_param`, d.params[p].trim() || null]));
	return { url: d.redirect_url.trim(), ...params };
}

const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);

/** The members of `now` that are not as in `before`. */
function changed<T extends object>(now: T, before: T): Partial<T> {
	const entries = Object.entries(now).filter(([name, value]) => differs(value, before[name as keyof T]));
	return Object.fromEntries(entries) as Partial<T>;
}

function plainOf(d: Draft) {
	return {
		name: d.name.trim(), lang: d.lang, timezone: d.timezone, existing: d.existing, test_mode: d.test_mode,
		starts_at: d.starts_at || null, ends_at: d.ends_at || null,
		redirect: redirectOf(d), pass_params: wordsIn(d.pass_params),
		logo_url: d.logo_url.trim() || null, colour: d.colour.trim() || null,
	};
}

/** The server stores no empty text. */
function textsOf(texts: Record<string, string>): Record<string, string | null> {
	return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.trim() || null]));
}

/** A word that the draft does not have is null. */
function wordsOf(draft: Draft, before: Draft): Record<string, string | null> {
	return changed(textsOf({ ...Object.fromEntries(Object.keys(before.words).map((key) => [key, ""])), ...draft.words }),
		textsOf(before.words)) as Record<string, string | null>;
}

function listsOf(d: Draft) {
	return { person_referring: listOf(d.fields.person_referring), person_invited: listOf(d.fields.person_invited) };
}

/** What a PUT has to say, and no more: two operators may edit different settings of one campaign. */
export function changesOf(work: Work): Change {
	const draft = work.draft.value;
	const before = draftOf(work.saved.value);
	const change: Change = changed(plainOf(draft), plainOf(before));
	// A day means another moment in another time zone.
	if (change.timezone !== undefined) {
		if (draft.starts_at) change.starts_at = draft.starts_at;
		if (draft.ends_at) change.ends_at = draft.ends_at;
	}
	const pages: Schemas["CampaignPages"] = changed(textsOf(draft.pages), textsOf(before.pages));
	const words = wordsOf(draft, before);
	if (Object.keys(words).length > 0) pages.words = words;
	const fields = changed(listsOf(draft), listsOf(before));
	if (Object.keys(pages).length > 0) change.pages = pages;
	if (Object.keys(fields).length > 0) change.fields = fields;
	return change;
}

const works = new Map<number, Work>();

/** A row of a form gets a number that no other row of this page has. */
function renumbered(draft: Draft): Draft {
	const rows = (list: FormField[]) => list.map((f) => ({ ...f, key: ++keys }));
	const { person_referring, person_invited } = draft.fields;
	return { ...draft, fields: { person_referring: rows(person_referring), person_invited: rows(person_invited) } };
}

function newWork(id: number, data: Campaign, etag: string): Work {
	const before = stored(id, draftOf(data));
	const work: Work = {
		id, etag: before?.etag ?? etag, saved: signal(before?.saved ?? data), draft: signal(before ? renumbered(before.draft) : draftOf(data)),
		problem: signal(undefined), busy: signal(false), conflict: signal(undefined), found: before !== undefined,
	};
	effect(() => {
		const unsaved = Object.keys(changesOf(work)).length > 0;
		store(id, unsaved ? { etag: work.etag, saved: work.saved.value, draft: work.draft.value } : undefined);
	});
	return work;
}

/** The work on a campaign: as it was left, or from the server if nothing is unsaved. */
export async function open(id: number): Promise<Work> {
	const path = { id: String(id) };
	const { data, etag } = await versioned(client.GET("/api/v2/campaigns/{id}", { params: { path } }));
	const known = works.get(id);
	if (known && Object.keys(changesOf(known)).length > 0) return known;
	const work = newWork(id, data, etag);
	works.set(id, work);
	return work;
}

export function edit(work: Work, part: Partial<Draft>): void {
	work.draft.value = { ...work.draft.value, ...part };
}

async function put(work: Work): Promise<void> {
	const sent = work.draft.value;
	const params = { path: { id: String(work.id) }, header: { "If-Match": work.etag } };
	const { data, etag } = await versioned(client.PUT("/api/v2/campaigns/{id}", { params, body: changesOf(work) }));
	work.etag = etag;
	work.saved.value = data;
	if (work.draft.value === sent) work.draft.value = draftOf(data);
}

/** Somebody else saved first. What only they changed is taken; what both changed is left to the operator. */
async function putOnTop(work: Work): Promise<void> {
	const path = { id: String(work.id) };
	const { data, etag } = await versioned(client.GET("/api/v2/campaigns/{id}", { params: { path } }));
	const theirs = draftOf(data);
	const { merged, both } = merge(draftOf(work.saved.value), work.draft.value, theirs);
	work.etag = etag;
	work.saved.value = data;
	work.draft.value = merged;
	if (both.length > 0) work.conflict.value = { both, theirs };
	else await put(work);
}

/** Saves once at a time. True if everything is saved; else work.problem says why not. */
export async function save(work: Work): Promise<boolean> {
	if (work.busy.value) return false;
	work.busy.value = true;
	work.conflict.value = undefined;
	const problem = await attempt(() => put(work));
	const settled = problem?.status === 412 ? await attempt(() => putOnTop(work)) : problem;
	work.problem.value = settled?.status === 412 ? undefined : settled;
	work.busy.value = false;
	return settled === undefined && work.conflict.value === undefined;
}

/** What the server says about a setting, or about a part of it: "headline" of "pages". */
export function faultOf(problem: Problem | undefined, member: string, part?: string): string | undefined {
	const text = problem?.fields[member]?.[0]?.message;
	if (text === undefined) return undefined;
	const inside = /^has an invalid (?:field )?"?(\w+)"?: it ([^]*)$/.exec(text);
	if (inside) return inside[1] === part ? inside[2] : undefined;
	return part === undefined ? text : undefined;
}
