// What the palette finds: pages, campaigns and webhooks by name, a user by code, id or address, a delivery by id.
import type { LucideIcon } from "lucide-preact";
import { KeyRound, Megaphone, Plus, Search, Send, User, Webhook } from "lucide-preact";
import { settingsTabs } from "../pages/settings";
import { call, client, orMissing } from "../api";
import { href } from "../route";
import { t } from "../words";
import { places } from "./places";

export interface Find {
	id: string;
	Icon: LucideIcon;
	title: string;
	detail: string;
	address: string;
}

const KIND_MAX = 6;

export function pages(): Find[] {
	return [
		...places.map(({ place, Icon }) => ({
			id: place, Icon, title: t(place), detail: t("findPage"), address: place === "campaigns" ? href() : href(place),
		})),
		...settingsTabs.map(({ name, word }) => ({
			id: `settings-${name}`, Icon: KeyRound, title: t(word), detail: t("settings"), address: href("settings", name),
		})),
		{ id: "new-webhook", Icon: Plus, title: t("newWebhook"), detail: t("findPage"), address: href("webhooks", "new") },
	];
}

async function campaigns(q: string): Promise<Find[]> {
	const { data } = await call(client.GET("/api/v2/campaigns", { params: { query: { q, per_page: KIND_MAX } } }));
	return data.map((c) => ({
		id: `campaign-${c.id}`, Icon: Megaphone, title: c.name, detail: t("campaign"), address: href("campaigns", c.id),
	}));
}

async function webhooks(text: string): Promise<Find[]> {
	const { data } = await call(client.GET("/api/v2/webhooks", { params: { query: { per_page: 250 } } }));
	const wanted = text.toLowerCase();
	const fits = data.filter((w) => w.name.toLowerCase().includes(wanted) || w.url.toLowerCase().includes(wanted));
	return fits.slice(0, KIND_MAX).map((w) => ({
		id: `webhook-${w.id}`, Icon: Webhook, title: w.name, detail: t("webhook"), address: href("webhooks", w.id),
	}));
}

/** The filters that name one person: an address has an @, an id has digits only, and a code has eight characters. */
async function users(text: string): Promise<Find[]> {
	const wanted = [];
	if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) wanted.push({ email: text });
	if (/^[1-9]\d{0,14}$/.test(text)) wanted.push({ id: text });
	if (/^[0-9A-Za-z_-]{4,64}$/.test(text)) wanted.push({ code: text });
	const lists = await Promise.all(
		wanted.map((filter) => call(client.GET("/api/v2/users", { params: { query: { ...filter, per_page: KIND_MAX } } }))),
	);
	return lists.flatMap((list) => list.data).map((u) => ({
		id: `user-${u.id}`, Icon: User, title: u.first_name || u.code, detail: `${t("user")} ${u.email}`,
		address: href("users", u.code),
	}));
}

async function deliveries(text: string): Promise<Find[]> {
	if (!/^[1-9]\d{0,14}$/.test(text)) return [];
	const d = (await orMissing(call(client.GET("/api/v2/deliveries/{id}", { params: { path: { id: text } } }))))?.data;
	if (!d) return [];
	return [{
		id: `delivery-${d.id}`, Icon: Send, title: `${d.event} ${d.id}`, detail: t("delivery"), address: href("deliveries", d.id),
	}];
}

/** Everything that the text names, the most exact first; the last line searches the users. */
export async function search(text: string): Promise<Find[]> {
	const wanted = text.toLowerCase();
	const found = await Promise.all([users(text), deliveries(text), campaigns(text), webhooks(text)]);
	const places = pages().filter((p) => p.title.toLowerCase().includes(wanted));
	const all = {
		id: "search-users", Icon: Search, title: t("searchUsers", { text }), detail: t("users"), address: href("users", { q: text }),
	};
	const once = new Map([...found.flat(), ...places, all].map((find) => [find.id, find]));
	return [...once.values()];
}
