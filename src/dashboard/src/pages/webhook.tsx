// One webhook: is it sending, why not, its latest deliveries, and the request that it would send.
import { useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { auditHref } from "../audit";
import type { Concerns } from "../live";
import { useLoad } from "../query";
import { href } from "../route";
import { canAdmin, canWrite } from "../session";
import { act, useOnce } from "../ui/act";
import { DeliveryTable } from "../ui/delivery-table";
import { Needs } from "../ui/needs";
import { Empty, Failed, FailedPage, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { number, t } from "../words";
import { remember } from "../webhook/known";
import { webhookLook } from "../webhook/look";
import { OutcomePanel, sendTest } from "../webhook/outcome";
import { ChangeLink } from "../webhook/remedy";
import { RequestPanel } from "../webhook/request-panel";
import { setEnabled } from "../webhook/switch";
import { WebhookTabs } from "../webhook/tabs";
import { WhyPanel } from "../webhook/why";

function useWebhook(id: number) {
	const path = { id: String(id) };
	const newest = { webhook_id: id, order: "-id", per_page: 20 } as const;
	const concerns: Concerns = (change) =>
		change.changed.includes("webhooks") || change.deliveries.some((d) => d.webhook_id === id);
	const webhook = useLoad(
		`webhook/${id}`,
		async () => remember(await call(client.GET("/api/v2/webhooks/{id}", { params: { path } }))),
		5000,
		concerns,
	);
	const why = useLoad(`why/${id}`, () => call(client.GET("/api/v2/webhooks/{id}/why", { params: { path } })), 2000, concerns);
	const latest = useLoad(
		`latest/${id}`,
		() => call(client.GET("/api/v2/deliveries", { params: { query: newest } })),
		2000,
		concerns,
	);
	/* While the receiver keeps failing, only the oldest waiting delivery is tried, and the latest ones are not. */
	const failing = why.data?.data.answer === "failing" || why.data?.data.answer === "waiting";
	const oldest = useLoad(
		`oldest/${id}?${failing}`,
		async () => (failing ? (await call(client.GET("/api/v2/deliveries", { params: { query: { webhook_id: id, status: "pending", order: "id", per_page: 1 } } }))).data : []),
	);
	const reload = () => {
		webhook.reload();
		why.reload();
		latest.reload();
	};
	return { webhook, why, latest, oldest, reload };
}

/** Each count leads to its deliveries. */
function Counts({ id, why }: { id: number; why: Schemas["WebhookWhy"] }) {
	return (
		<dl class="facts panel">
			{(["pending", "held", "exhausted", "delivered"] as const).map((word) => (
				<div key={word}>
					<dt>{t(word)}</dt>
					<dd>
						{why[word] > 0 ? <a href={href("deliveries", { webhook_id: id, status: word })}>{number(why[word])}</a> : "0"}
					</dd>
				</div>
			))}
		</dl>
	);
}

/** The request of the saved webhook, as the next event would send it. */
function SavedRequest({ id }: { id: number }) {
	const path = { id: String(id) };
	const loaded = useLoad(`request/${id}`, () =>
		call(client.POST("/api/v2/webhooks/{id}/preview", { params: { path }, body: {} })),
	);
	if (loaded.problem && !loaded.data) return <Failed problem={loaded.problem} again={loaded.reload} />;
	const change = <ChangeLink webhook={id} section="fields" />;
	return <RequestPanel request={loaded.data?.data} stale={false} note={t("nothingSent")} action={change} />;
}

export function WebhookPage({ id, tab }: { id: number; tab: "deliveries" | "request" }) {
	const { webhook, why, latest, oldest, reload } = useWebhook(id);
	const [testing, setTesting] = useState(false);
	const once = useOnce();
	if (webhook.problem && !webhook.data) return <FailedPage problem={webhook.problem} again={reload} list={href("webhooks")} title={t("webhook")} />;
	if (!webhook.data || !why.data) return <Skeleton height={400} />;
	const w = webhook.data.data;
	const explained = why.data.data;
	const deliveries = latest.data?.data ?? [];
	const disabled = w.state === "disabled";

	const test = async () => {
		setTesting(true);
		await act(() => sendTest(id));
		setTesting(false);
		reload();
	};
	const toggle = (on: boolean) => void setEnabled(id, on, reload);
	const replay = async () => {
		await act(async () => {
			const path = { id: String(id) };
			await once({}, (header) => call(client.POST("/api/v2/webhooks/{id}/replay", { params: { path, header } })));
			return t("replayBegun");
		});
		reload();
	};
	return (
		<>
			<div class="title">
				<h1>{w.name}</h1>
				<Status of={webhookLook(explained)} />
				{/* The answer below enables a disabled webhook, and says how many events that sends. */}
				{!disabled && (
					<>
						<button type="button" disabled={!canWrite.value} onClick={() => toggle(false)}>
							{t("disable")}
						</button>
						<button type="button" class="primary" disabled={!canWrite.value || testing} onClick={test}>
							{t("sendTest")}
						</button>
						<Needs />
					</>
				)}
			</div>
			<p class="mono target">
				{w.method.toUpperCase()} {w.url}
			</p>
			<OutcomePanel webhook={id} />
			<WhyPanel
				why={explained}
				webhook={w}
				last={deliveries[0]}
				lastTried={[...deliveries, ...(oldest.data ?? [])].find((d) => d.attempts > 0)}
				onEnable={() => toggle(true)}
				onReplay={replay}
			/>
			<Counts id={id} why={explained} />
			<WebhookTabs id={id} at={tab} />
			{tab === "request" ? (
				<SavedRequest id={id} />
			) : (
				<section class="panel stack scroll">
					<div class="row">
						<h2 class="grow">{t("latestDeliveries")}</h2>
						<a class="button" href={href("webhooks", id, "replay")}>{t("replayTitle")}</a>
					</div>
					{deliveries.length > 0 ? (
						<DeliveryTable deliveries={deliveries} />
					) : (
						<Empty>{t("noEvent")}</Empty>
					)}
					<p class="row">
						<a href={href("deliveries", { webhook_id: id })}>{t("allDeliveries")}</a>
						{canAdmin.value && <a href={auditHref("webhook", id)}>{t("showChanges")}</a>}
					</p>
				</section>
			)}
		</>
	);
}
