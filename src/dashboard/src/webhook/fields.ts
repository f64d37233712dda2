// The fields that a webhook may send, in the order in which the server sends its default ones.
import type { Schemas } from "../api";

type EventName = Schemas["EventName"];

export interface FieldRow {
	field: string;
	as: string;
	on: boolean;
}

const DEFAULT = [
	"referrer_id", "referrer_code", "referrer_first_name", "referrer_email", "id", "code", "first_name", "email", "url",
	"source", "date", "referrals_count", "campaign_id",
];
const FURTHER = [
	"type", "qualified", "qualified_at", "qualified_referrals_count", "ip", "event", "event_id", "occurred_at",
	"referrer_url", "unsubscribe_url", "me_url", "review", "flags",
];
const REWARD = [
	"event", "reward_id", "reward_name", "reward_metric", "reward_amount", "reward_currency", "reward_coupon",
	"recipient",
];
const REWARD_FURTHER = ["rule_id", "reward_reason", "reward_clawback", "reward_clawback_amount"];

export const MEMBER_EVENTS: EventName[] = [
	"user.updated", "user.unsubscribed", "user.erased", "user.flagged", "user.reviewed", "user.link_requested",
];

const aboutRewards = (events: EventName[]) => events.some((e) => e.startsWith("reward."));

/** The fields of a form that a campaign asks for, besides the name and the address. */
export function formFields(campaign: Schemas["Campaign"] | undefined): string[] {
	const all = [...(campaign?.fields.person_referring ?? []), ...(campaign?.fields.person_invited ?? [])];
	return [...new Set(all.map((f) => f.id))].filter((id) => id !== "first_name" && id !== "email");
}

/** A row for each field: those that are sent, in their order, then the others. */
export function rowsFor(events: EventName[], sent?: { field: string; as: string }[], form: string[] = []): FieldRow[] {
	const rewards = aboutRewards(events);
	const reviews = events.includes("user.flagged") || events.includes("user.reviewed");
	const further = [
		...(rewards ? REWARD : events.some((e) => MEMBER_EVENTS.includes(e)) ? ["event"] : []),
		...(reviews ? ["review", "flags"] : []),
		...(events.includes("user.link_requested") ? ["me_url"] : []),
	];
	const on = sent ?? [...DEFAULT, ...further].map((field) => ({ field, as: field }));
	const known = [...DEFAULT, ...FURTHER, ...(rewards ? [...REWARD, ...REWARD_FURTHER] : []), ...form];
	const named = new Set(on.map((f) => f.field));
	const off = [...new Set(known)].filter((field) => !named.has(field));
	return [...on.map((f) => ({ ...f, on: true })), ...off.map((field) => ({ field, as: field, on: false }))];
}

/** Makes the rows again after the events or the form have changed. It keeps the fields that are sent, and offers new
 * fields. */
export function offer(rows: FieldRow[], events: EventName[], form: string[]): FieldRow[] {
	return rowsFor(events, rows.filter((r) => r.on), form);
}

/** Moves the field at `from` to the place `to` among those that are sent. */
export function move(rows: FieldRow[], from: number, to: number): FieldRow[] {
	const on = rows.filter((r) => r.on);
	const [row] = on.splice(from, 1);
	if (row) on.splice(to, 0, row);
	return [...on, ...rows.filter((r) => !r.on)];
}

/** Changes one row. A field that is turned on becomes the last of those that are sent. */
export function changeRow(rows: FieldRow[], field: string, to: Partial<FieldRow>): FieldRow[] {
	const changed = rows.map((r) => (r.field === field ? { ...r, ...to } : r));
	const row = changed.find((r) => r.field === field);
	if (!row || to.on === undefined) return changed;
	const others = changed.filter((r) => r !== row);
	return [...others.filter((r) => r.on), row, ...others.filter((r) => !r.on)];
}

/** The names that are sent twice, by fields and hidden fields together. */
export function twice(rows: FieldRow[], hidden: { name: string }[]): Set<string> {
	const names = [...rows.filter((r) => r.on).map((r) => r.as), ...hidden.map((h) => h.name).filter(Boolean)];
	return new Set(names.filter((name, i) => names.indexOf(name) !== i));
}
