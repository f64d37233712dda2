// Deliveries as a table: the newest first, a line each, with the reason beside the state.
import type { Schemas } from "../api";
import { attemptsText } from "../delivery/attempts";
import { outcomeText } from "../delivery/reason";
import { href } from "../route";
import { t } from "../words";
import { knownWebhook } from "../webhook/known";
import { Moment } from "./parts";
import { type Look, Status } from "./status";

type Delivery = Schemas["Delivery"];

/** A pending delivery that has failed before is being retried. */
export function lookOf(d: Pick<Delivery, "status" | "attempts">): Look {
	return d.status === "pending" && d.attempts > 0 ? "retrying" : d.status;
}

/** The outcome of the last attempt: a status, or the reason of its failure. */
export function outcomeOf(d: Pick<Delivery, "last_status" | "last_error">): string {
	return outcomeText({ error: d.last_error, status: d.last_status });
}

/** The outcome, or why nothing was sent: a line of a list has room for a few words. */
function briefOutcome(d: Delivery): string {
	const outcome = outcomeOf(d);
	if (outcome) return outcome;
	if (d.status === "held") return t("briefHeld");
	if (d.status !== "pending") return "";
	if (d.waiting) return t("briefWaits");
	return knownWebhook(d.webhook_id)?.penalised ? t("briefFailing") : "";
}

/** The names of the columns; with the webhook's column if the list is of several webhooks. */
export function deliveryHead(several: boolean) {
	return [
		<th>{t("time")}</th>,
		<th>{t("event")}</th>,
		<th>{t("user")}</th>,
		...(several ? [<th>{t("webhook")}</th>] : []),
		<th>{t("status")}</th>,
		<th>{t("answer")}</th>,
		<th class="number">{t("attempts")}</th>,
	];
}

export function deliveryCells(d: Delivery, names?: Map<number, string>) {
	return (
		<>
			<td>
				<a href={href("deliveries", d.id)}>
					<Moment at={d.created_at} />
				</a>
			</td>
			<td>
				{d.event}
				{d.test && <span class="muted"> {t("testEvent")}</span>}
			</td>
			<td>
				{d.user_code && (
					<a class="cut" href={href("users", d.user_code)} title={d.user_code}>
						{d.first_name} <span class={d.first_name ? "mono hidden-text" : "mono"}>{d.user_code}</span>
					</a>
				)}
			</td>
			{names && (
				<td>
					<a class="cut" href={href("webhooks", d.webhook_id)} title={names.get(d.webhook_id)}>
						{names.get(d.webhook_id) ?? d.webhook_id}
					</a>
				</td>
			)}
			<td>
				<Status of={lookOf(d)} />
			</td>
			<td class="outcome">{briefOutcome(d)}</td>
			<td class="number" data-label={t("attempts")}>{attemptsText(d)}</td>
		</>
	);
}

export function DeliveryTable({ deliveries, names }: { deliveries: Delivery[]; names?: Map<number, string> }) {
	return (
		<table class="table">
			<thead>
				<tr>{deliveryHead(names !== undefined)}</tr>
			</thead>
			<tbody>
				{deliveries.map((d) => (
					<tr key={d.id}>{deliveryCells(d, names)}</tr>
				))}
			</tbody>
		</table>
	);
}
