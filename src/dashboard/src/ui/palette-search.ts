// What the palette finds, in groups: people, campaigns, webhooks, deliveries and pages. An empty field shows recent pages.
import type { LucideIcon } from "lucide-preact";
import { History, KeyRound, Megaphone, Plus, Search, Send, UserRound, Webhook } from "lucide-preact";
import { call, client, type Schemas } from "../api";
import { isMessageId } from "../delivery/message-id";
import { href } from "../route";
import { findUsers } from "../user/find";
import { nameOf, type User, userHref } from "../user/link";
import { t } from "../words";
import type { Words } from "../words/en";
import { places } from "./places";
import { recent } from "./recent";
import { settingsTabs } from "./settings-tabs";

export interface Find {
	id: string;
	Icon: LucideIcon;
	title: string;
	detail?: string;
	address: string;
}

export interface Group {
	kind: keyof Words;
	finds: Find[];
}

export interface Finds {
	groups: Group[];
	/** People may be missing, because the index of addresses is still being written. */
	indexing?: boolean;
}

const KIND_MAX = 6;

function pages(): Find[] {
	return [
		...places.map(({ place, Icon }) => ({
			id: place, Icon, title: t(place), address: place === "campaigns" ? href() : href(place),
		})),
		...settingsTabs.map(({ name, word }) => ({
			id: `settings-${name}`, Icon: KeyRound, title: t(word), detail: t("settings"), address: href("settings", name),
		})),
		{ id: "new-webhook", Icon: Plus, title: t("newWebhook"), detail: t("webhooks"), address: href("webhooks", "new") },
		{ id: "new-user", Icon: Plus, title: t("addUser"), detail: t("users"), address: href("users", "new") },
		{ id: "import", Icon: Plus, title: t("importUsers"), detail: t("users"), address: href("users", "import") },
	];
}

const isHere = (address: string) => address.split("?", 1)[0] === location.hash.split("?", 1)[0];

/** What an empty field shows: what the tab showed before, then all pages. */
export function start(): Finds {
	const all = pages();
	const known = new Set(["", ...all.map((p) => p.address)]);
	const before = recent.value.filter((r) => !isHere(r.address) && !known.has(r.address)).map((r) => ({
		id: `recent-${r.address}`, Icon: History, title: r.title, address: r.address,
	}));
	return { groups: [{ kind: "findRecent" as const, finds: before }, { kind: "findPages" as const, finds: all }].filter(filled) };
}

const filled = (group: Group) => group.finds.length > 0;

async function campaigns(q: string, signal: AbortSignal): Promise<Find[]> {
	const query = { q, per_page: KIND_MAX };
	const { data } = await call(client.GET("/api/v2/campaigns", { params: { query }, signal }));
	return data.map((c) => ({ id: `campaign-${c.id}`, Icon: Megaphone, title: c.name, address: href("campaigns", c.id) }));
}

/** The webhooks are few, and their list has no search: the palette reads it once, when it needs it first. */
export type WebhookNames = { list?: Promise<Schemas["Webhook"][]> };

async function webhooks(text: string, known: WebhookNames): Promise<Find[]> {
	known.list ??= call(client.GET("/api/v2/webhooks", { params: { query: { per_page: 250 } } })).then((answer) => answer.data);
	const all = await known.list.catch((error: unknown) => {
		delete known.list;
		throw error;
	});
	const wanted = text.toLowerCase();
	const fits = all.filter((w) => [w.name, w.url].some((part) => part.toLowerCase().includes(wanted)) || String(w.id) === text);
	return fits.slice(0, KIND_MAX).map((w) => ({
		id: `webhook-${w.id}`, Icon: Webhook, title: w.name, detail: new URL(w.url).host, address: href("webhooks", w.id),
	}));
}

/** A delivery has a number, and its requests have a webhook-id. */
function deliveryFilter(text: string): { message_id: string } | { cursor: number; order: "id" } | undefined {
	if (isMessageId(text)) return { message_id: text };
	return /^[1-9]\d{0,14}$/.test(text) ? { cursor: Number(text), order: "id" } : undefined;
}

async function deliveries(text: string, signal: AbortSignal): Promise<Find[]> {
	const filter = deliveryFilter(text);
	if (!filter) return [];
	const { data } = await call(client.GET("/api/v2/deliveries", { params: { query: { ...filter, per_page: 1 } }, signal }));
	return data.filter((d) => "message_id" in filter || String(d.id) === text).map((d) => ({
		id: `delivery-${d.id}`, Icon: Send, title: `${d.event} ${d.id}`, detail: t(d.status), address: href("deliveries", d.id),
	}));
}

function userLine(u: User): Find {
	return { id: `user-${u.id}`, Icon: UserRound, title: nameOf(u), detail: u.email, address: userHref(u) };
}

/** Everything that the text finds, the most exact first; the last line searches names too. */
export async function search(text: string, known: WebhookNames, signal: AbortSignal): Promise<Finds> {
	const wanted = text.toLowerCase();
	const [people, sent, campaign, webhook] = await Promise.all([
		findUsers(text, KIND_MAX, signal), deliveries(text, signal), campaigns(text, signal), webhooks(text, known),
	]);
	const named = people.named.map(userLine), begun = people.begun.map(userLine);
	const users: Group = { kind: "users", finds: [...named, ...begun].slice(0, KIND_MAX) };
	const names = {
		id: "search-users", Icon: Search, title: t("searchUsers", { text }), address: href("users", { q: text }),
	};
	const things: Group[] = [
		{ kind: "deliveries", finds: sent }, { kind: "campaigns", finds: campaign }, { kind: "webhooks", finds: webhook },
	];
	const others: Group[] = [
		{ kind: "findPages", finds: pages().filter((p) => p.title.toLowerCase().includes(wanted)) },
		{ kind: "search", finds: [names] },
	];
	const ordered = named.length > 0 ? [users, ...things] : [...things, users];
	return { groups: [...ordered, ...others].filter(filled), indexing: !people.complete };
}
