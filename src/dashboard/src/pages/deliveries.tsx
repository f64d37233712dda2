// The list of deliveries, filtered through the address bar and kept live.
import { call, client, type Schemas } from "../api";
import type { Concerns } from "../live";
import { MessageFilter } from "../delivery/message-filter";
import { useLoad } from "../query";
import { href, route } from "../route";
import { deliveryCells, deliveryHead } from "../ui/delivery-table";
import { LongTable } from "../ui/long-table";
import { perPage } from "../ui/per-page";
import { FilterSelect } from "../ui/select";
import { useLongList } from "../ui/use-long-list";
import { remember } from "../webhook/known";
import { t } from "../words";

const statuses = ["pending", "held", "delivered", "exhausted", "cancelled"] as const;
const events: Schemas["EventName"][] = [
	"user.join", "user.qualified", "user.unqualified", "user.updated", "user.unsubscribed", "user.erased",
	"user.flagged", "user.reviewed", "user.link_requested", "reward.due", "reward.issued", "reward.cancelled",
	"webhook.disabled", "delivery.exhausted",
];

/** Deliveries of another webhook or event than the filters name change nothing here. */
function concerns(query: URLSearchParams): Concerns {
	const webhook = Number(query.get("webhook_id"));
	const event = query.get("event");
	return (change) =>
		change.changed.includes("webhooks") ||
		change.deliveries.some((d) => (!webhook || d.webhook_id === webhook) && (!event || d.event === event));
}

function useDeliveries() {
	const query = new URLSearchParams(route.value.query);
	query.delete("cursor");
	const wanted = { ...Object.fromEntries(query), order: "-id" as const };
	return useLongList(
		`deliveries?${query}`,
		(cursor) => call(client.GET("/api/v2/deliveries", { params: { query: { ...wanted, per_page: perPage(cursor), ...(cursor && { cursor }) } } })),
		2000,
		concerns(query),
	);
}

export function DeliveriesPage() {
	const list = useDeliveries();
	const webhooks = useLoad("names", async () => remember(await call(client.GET("/api/v2/webhooks"))));
	const names = new Map(webhooks.data?.data.map((w) => [w.id, w.name]));
	return (
		<>
			<div class="title">
				<h1>{t("deliveries")}</h1>
			</div>
			<div class="filters">
				<FilterSelect label={t("filterStatus")} name="status">
					{statuses.map((s) => (
						<option key={s} value={s}>
							{t(s)}
						</option>
					))}
				</FilterSelect>
				<FilterSelect label={t("event")} name="event">
					{events.map((e) => (
						<option key={e}>{e}</option>
					))}
				</FilterSelect>
				<FilterSelect label={t("filterWebhook")} name="webhook_id">
					{webhooks.data?.data.map((w) => (
						<option key={w.id} value={w.id}>
							{w.name}
						</option>
					))}
				</FilterSelect>
				<MessageFilter />
			</div>
			<LongTable
				list={list}
				name="deliveries"
				label={t("deliveries")}
				head={deliveryHead(true)}
				cells={(d) => deliveryCells(d, names)}
				empty={t([...route.value.query].length > 0 ? "deliveriesEmpty" : "deliveriesNone")}
			/>
			{list.complete && list.count === 0 && (
				<p class="row">
					<a class="button" href={href("webhooks")}>{t("toWebhooks")}</a>
				</p>
			)}
		</>
	);
}
