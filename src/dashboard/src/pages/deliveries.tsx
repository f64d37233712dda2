// The list of deliveries, filtered through the address bar and kept live.
import { call, client, type Schemas } from "../api";
import type { Concerns } from "../live";
import { MessageFilter } from "../delivery/message-filter";
import { useLoad } from "../query";
import { filter, route } from "../route";
import { LiveDeliveries } from "../ui/live-deliveries";
import { Empty, Failed, Skeleton } from "../ui/parts";
import { FilterSelect } from "../ui/select";
import { remember } from "../webhook/known";
import { t } from "../words";

const statuses = ["pending", "held", "delivered", "exhausted", "cancelled"] as const;
const events: Schemas["EventName"][] = [
	"user.join", "user.qualified", "user.unqualified", "reward.due", "reward.issued", "reward.cancelled",
	"webhook.disabled", "delivery.exhausted",
];

export function cursorOf(link: string | null | undefined): string | undefined {
	return link ? (new URL(link).searchParams.get("cursor") ?? undefined) : undefined;
}

/** Deliveries of another webhook or event than the filters name change nothing here. */
function concerns(query: URLSearchParams): Concerns {
	const webhook = Number(query.get("webhook_id"));
	const event = query.get("event");
	return (change) =>
		change.changed.includes("webhooks") ||
		change.deliveries.some((d) => (!webhook || d.webhook_id === webhook) && (!event || d.event === event));
}

export function useDeliveries(query: URLSearchParams, everyMs: number) {
	const wanted = { ...Object.fromEntries(query), order: "-id" as const, per_page: 50 };
	return useLoad(
		`deliveries?${query}`,
		() => call(client.GET("/api/v2/deliveries", { params: { query: wanted } })),
		query.has("cursor") ? 0 : everyMs,
		concerns(query),
	);
}

export function DeliveriesPage() {
	const query = route.value.query;
	const list = useDeliveries(query, 2000);
	const webhooks = useLoad("names", async () => remember(await call(client.GET("/api/v2/webhooks"))));
	const names = new Map(webhooks.data?.data.map((w) => [w.id, w.name]));
	const older = cursorOf(list.data?.links.next);
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
			{list.problem && <Failed problem={list.problem} again={list.reload} />}
			{!list.data && !list.problem && <Skeleton height={400} />}
			{list.data?.data.length === 0 && <Empty>{t("deliveriesEmpty")}</Empty>}
			{list.data && list.data.data.length > 0 && (
				<LiveDeliveries deliveries={list.data.data} list={String(query)} names={names} />
			)}
			{older && (
				<div class="row">
					<button type="button" onClick={() => filter({ cursor: older })}>
						{t("older")}
					</button>
				</div>
			)}
		</>
	);
}
