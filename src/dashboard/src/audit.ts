// The audit list in words: who made a change, and the object with its page.
import type { Schemas } from "./api";
import { href } from "./route";
import { t } from "./words";

type Line = Schemas["AuditLine"];
type Kind = Schemas["AuditObjectKind"];

export const objectKinds: readonly Kind[] = [
	"campaign", "webhook", "delivery", "reward_rule", "reward", "user", "token", "operator", "settings",
];

/** The name of a token or person, or that it was removed. Takes the value of a filter too: "token:3". */
export function whoText(actor: Line["actor"] | string): string {
	if (typeof actor === "string") {
		const [kind, id] = actor.split(":");
		return whoText({ kind: kind as Line["actor"]["kind"], id: Number(id), name: null });
	}
	if (actor.name) return actor.name;
	const number = String(actor.id ?? "");
	if (actor.kind === "token") return t("actorToken", { number });
	if (actor.kind === "operator") return t("actorOperator", { number });
	if (actor.kind === "command_line") return t("actorCommand");
	return actor.kind === "inbound" ? t("actorInbound") : "referd";
}

/** "Webhook CRM", or the number of an object without a name. */
export function objectText(object: Line["object"]): string {
	const kind = t(`object_${object.kind}`);
	if (object.id === null) return kind;
	return `${kind} ${object.name ?? object.id}`;
}

const pages: Record<Kind, ((id: number) => string) | undefined> = {
	campaign: (id) => href("campaigns", id),
	webhook: (id) => href("webhooks", id),
	delivery: (id) => href("deliveries", id),
	reward_rule: () => href("rewards", "rules"),
	reward: undefined, // the page of its recipient
	user: (id) => href("users", id),
	token: () => href("settings", "tokens"),
	operator: () => href("settings", "people"),
	settings: () => href("settings", "inbound"),
};

const GONE: readonly Line["action"][] = [
	"campaign.delete", "webhook.delete", "reward_rule.delete", "user.erase", "token.revoke", "operator.delete",
];

/** The page of the object, unless the change removed it. */
export function objectHref({ action, object }: Line): string | undefined {
	if (object.user_id !== null) return href("users", object.user_id);
	return GONE.includes(action) ? undefined : pages[object.kind]?.(object.id ?? 0);
}

/** The changes of one object. */
export function auditHref(kind: Kind, id: number): string {
	return href("settings", "audit", { object: `${kind}:${id}` });
}
