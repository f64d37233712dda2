// What happened to a delivery and what happens next, in a sentence.
import type { Schemas } from "../api";
import { said } from "../said";
import { outcomeOf } from "../ui/delivery-table";
import { duration, momentUtc, t } from "../words";
import { failureOfWebhook, knownWebhook } from "../webhook/known";
import { attemptsText } from "./attempts";
import { becauseOf, type Failure, outcomeText } from "./reason";

type Delivery = Schemas["DeliveryWithLog"];
type Outline = Schemas["Delivery"];

/** "12 s", "29 min", "3 h": the time until a moment. */
function until(iso: string): string {
	const s = Math.max(0, Math.round((Date.parse(iso) - Date.now()) / 1000));
	if (s < 60) return `${s} s`;
	return s < 5400 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}

export interface Headline {
	tint: "ok" | "wait" | "hold" | "bad" | "mute";
	text: string;
}

/** The last failure of a delivery that has not arrived; before its first attempt, the failure of its webhook. */
export function failureOf(d: Delivery, host: string | undefined): Failure {
	const others = d.attempts === 0 ? failureOfWebhook(d.webhook_id) : undefined;
	if (others) return { ...others, host };
	const detail = d.log.at(-1)?.detail;
	return { error: d.last_error, status: d.last_status, detail, host };
}

/** What to do about it, in a sentence. */
export function adviceOf(d: Delivery, host: string | undefined): string {
	return d.status === "delivered" || d.status === "cancelled" ? "" : becauseOf(failureOf(d, host));
}

/** The receiver fails for all deliveries, and the server tries another delivery first. */
function behindOthers(d: Outline): string {
	if (d.attempts > 0) return t("waitsForReceiver", { attempt: attemptsText(d), outcome: outcomeOf(d) });
	const failure = failureOfWebhook(d.webhook_id);
	return failure ? t("firstWaitsBecause", { error: outcomeText(failure) }) : t("firstWaitsForReceiver");
}

/** Why a delivery that is not finished waits. */
export function pending(d: Outline): Headline {
	if (d.waiting) return { tint: "mute", text: t("waitsForEarlier") };
	const time = momentUtc(d.next_attempt_at);
	const left = d.next_attempt_at ? until(d.next_attempt_at) : "0 s";
	const due = d.next_attempt_at !== null && Date.parse(d.next_attempt_at) <= Date.now();
	if (due && knownWebhook(d.webhook_id)?.penalised) return { tint: "wait", text: behindOthers(d) };
	if (d.attempts === 0) return { tint: "mute", text: t("noAttempt", { time }) };
	return { tint: "wait", text: t(d.last_error === "status" ? "willRetry" : "willRetryError", { attempt: attemptsText(d), outcome: outcomeOf(d), time, left }) };
}

export function headlineOf(d: Delivery): Headline {
	const last = d.log.at(-1);
	switch (d.status) {
		case "held":
			return { tint: "hold", text: t("isHeld") };
		case "delivered":
			return {
				tint: "ok",
				text: last
					? t("wasDelivered", { attempt: String(last.number), status: String(last.status), time: duration(last.duration_us.total) })
					: t("delivered"),
			};
		case "exhausted":
			return { tint: "bad", text: t("wasExhausted", { attempt: String(d.attempts), outcome: outcomeOf(d) }) };
		case "cancelled":
			return { tint: "mute", text: d.reason ? said(d.reason) : t("wasCancelled") };
		default:
			return pending(d);
	}
}
