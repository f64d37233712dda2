// "3 of 10": the attempts of a delivery and how many there may be.
import type { Schemas } from "../api";
import { knownWebhook } from "../webhook/known";
import { attemptsMax } from "../webhook/schedule";
import { t } from "../words";

type Tried = Pick<Schemas["Delivery"], "attempts" | "status" | "last_error" | "last_status" | "webhook_id" | "reason">;

/** Only an unfinished delivery has attempts to come. After a resend, the schedule begins again: no number is then known. */
export function attemptsText(d: Tried, at = d.attempts): string {
	const webhook = knownWebhook(d.webhook_id);
	const open = d.status === "pending" || d.status === "held";
	const max = webhook && open && d.attempts > 0 ? attemptsMax(d, webhook) : 0;
	return max > d.attempts ? t("nOfAll", { n: String(at), all: String(max) }) : String(at);
}
