// The advanced settings of a webhook as they are typed: an empty field means the default.
import type { Schemas } from "../api";
import { allSecondsOf, lengthText, lengthsText, secondsOf } from "./lengths";

export type Order = Schemas["WebhookOrder"];
type Stored = Pick<Schemas["Webhook"], "ordered" | "connect_timeout_ms" | "timeout_ms" | "concurrency" | "rate_limit" |
	"disable_after_seconds" | "retry_schedule" | "success_statuses">;

type Numbers = Omit<Stored, "ordered">;

export interface Sending {
	ordered: Order;
	connect: string; // lengths of time, such as "5 s"
	total: string;
	concurrency: string;
	rate: string;
	disableAfter: string;
	schedule: string;
	statuses: string;
}

export const DEFAULT_SENDING: Sending = {
	ordered: "per_user", connect: "", total: "", concurrency: "", rate: "", disableAfter: "", schedule: "", statuses: "",
};

const textOf = (n: number | null) => (n === null ? "" : String(n));

export function sendingOf(w: Stored): Sending {
	return {
		ordered: w.ordered,
		connect: w.connect_timeout_ms === null ? "" : lengthText(w.connect_timeout_ms / 1000),
		total: w.timeout_ms === null ? "" : lengthText(w.timeout_ms / 1000),
		concurrency: textOf(w.concurrency),
		rate: textOf(w.rate_limit),
		disableAfter: w.disable_after_seconds === null ? "" : lengthText(w.disable_after_seconds),
		schedule: lengthsText(w.retry_schedule ?? []),
		statuses: (w.success_statuses ?? []).join(", "),
	};
}

const whole = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : undefined);
const milliseconds = (text: string) => {
	const seconds = secondsOf(text);
	return seconds === undefined || seconds <= 0 || seconds > 60 ? undefined : Math.round(seconds * 1000);
};
const upTo30Days = (text: string) => {
	const seconds = secondsOf(text);
	return seconds === undefined || seconds < 3600 || seconds > 30 * 86_400 ? undefined : Math.round(seconds);
};
const statuses = (text: string) => {
	const all = text.split(/[\s,;]+/).filter(Boolean).map(whole).filter((n) => n !== undefined);
	return all.length === text.split(/[\s,;]+/).filter(Boolean).length ? all : undefined;
};

/** Empty text is the default; undefined is text that cannot be read. */
const read = <T>(text: string, parse: (text: string) => T | undefined) => (text.trim() === "" ? null : parse(text));

/** The members of the API. Text that cannot be read is left out, and the form asks for another text. */
export function sendingBody(s: Sending) {
	const all: { [K in keyof Numbers]: Numbers[K] | undefined } = {
		connect_timeout_ms: read(s.connect, milliseconds),
		timeout_ms: read(s.total, milliseconds),
		concurrency: read(s.concurrency, whole),
		rate_limit: read(s.rate, whole),
		disable_after_seconds: read(s.disableAfter, upTo30Days),
		retry_schedule: read(s.schedule, allSecondsOf),
		success_statuses: read(s.statuses, statuses),
	};
	const readable: Partial<Numbers> = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
	return { ordered: s.ordered, ...readable };
}

export const SENDING_MEMBERS = ["ordered", "connect_timeout_ms", "timeout_ms", "concurrency", "rate_limit",
	"disable_after_seconds", "retry_schedule", "success_statuses"] as const;
export type SendingMember = (typeof SENDING_MEMBERS)[number];

/** The members whose text cannot be read. */
export function unreadable(s: Sending): Set<SendingMember> {
	const body: object = sendingBody(s);
	return new Set(SENDING_MEMBERS.filter((member) => !(member in body)));
}
