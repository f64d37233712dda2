// One delivery: what happened to this event, what happens next, and the bytes of each attempt.
import { useEffect } from "preact/hooks";
import { call, client, type Schemas } from "../api";
import { BytesPanel } from "../delivery/bytes-panel";
import { adviceOf, headlineOf } from "../delivery/headline";
import { hostOf } from "../delivery/reason";
import { Timeline } from "../delivery/timeline";
import { useLoad } from "../query";
import { filter, href, route } from "../route";
import { canWrite } from "../session";
import { act } from "../ui/act";
import { lookOf } from "../ui/delivery-table";
import { Needs } from "../ui/needs";
import { Copy, Failed, FailedPage, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { useFailures, remember } from "../webhook/known";
import { t } from "../words";

type Delivery = Schemas["DeliveryWithLog"];

/** 1 to 9 open an attempt; r and s show its request and its response. */
function useKeys(delivery: Delivery | undefined) {
	const log = delivery?.log ?? [];
	const numbers = log.map((a) => a.number).join();
	useEffect(() => {
		const onKey = (e: KeyboardEvent) => {
			const typing = e.target instanceof HTMLElement && e.target.closest("input, select, textarea") !== null;
			if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
			const attempt = log.find((a) => String(a.number) === e.key);
			if (attempt) filter({ attempt: attempt.number });
			else if (e.key === "r") filter({ tab: "request" });
			else if (e.key === "s") filter({ tab: "response" });
		};
		window.addEventListener("keydown", onKey);
		return () => window.removeEventListener("keydown", onKey);
	}, [numbers]);
}

function NextStep({ delivery: d, reload }: { delivery: Delivery; reload: () => void }) {
	if (d.status === "held")
		return (
			<a class="button primary" href={href("webhooks", d.webhook_id)}>
				{t("openWebhook")}
			</a>
		);
	const resend = async () => {
		await act(async () => {
			await call(client.POST("/api/v2/deliveries/{id}/resend", { params: { path: { id: String(d.id) } } }));
			return t("resent");
		});
		reload();
	};
	return (
		<>
			{d.status !== "delivered" && d.status !== "cancelled" && (
				<a class="button" href={href("webhooks", d.webhook_id)}>
					{t("openWebhook")}
				</a>
			)}
			<button type="button" class={d.status === "delivered" ? "" : "primary"} disabled={!canWrite.value} onClick={resend}>
				{d.status === "delivered" ? t("sendAgain") : t("resend")}
			</button>
			<Needs />
		</>
	);
}

/** The webhook of the delivery, which a removed webhook lacks. */
function useWebhook(id: number | undefined): Schemas["Webhook"] | undefined {
	const path = { id: String(id) };
	const load = async () => (id ? remember(await call(client.GET("/api/v2/webhooks/{id}", { params: { path } }))).data : undefined);
	return useLoad(`name of webhook/${id}`, load).data;
}

function About({ delivery: d, webhook }: { delivery: Delivery; webhook: Schemas["Webhook"] | undefined }) {
	return (
		<div class="row">
			<span>
				{t("webhook")}{" "}
				<a class="wrap" href={href("webhooks", d.webhook_id)}>
					{webhook?.name ?? d.webhook_id}
				</a>
			</span>
			{d.user_code && (
				<span>
					{t("user")}{" "}
					<a class="wrap" href={href("users", d.user_code)}>
						{d.first_name} <span class="mono">{d.user_code}</span>
					</a>
				</span>
			)}
			<span class="row">
				<code class="message-id">{d.message_id}</code>
				<Copy text={d.message_id}>{t("copyMessageId")}</Copy>
			</span>
		</div>
	);
}

export function DeliveryPage({ id }: { id: number }) {
	const { data, problem, reload } = useLoad(
		`delivery/${id}`,
		() => call(client.GET("/api/v2/deliveries/{id}", { params: { path: { id: String(id) } } })),
		2000,
		(change) => change.deliveries.some((d) => d.id === id) || change.changed.includes("webhooks"),
	);
	useKeys(data?.data);
	const webhook = useWebhook(data?.data.webhook_id);
	const waits = data?.data.status === "pending";
	useFailures(waits);
	if (problem && !data) return <FailedPage problem={problem} again={reload} list={href("deliveries")} title={t("delivery")} />;
	if (!data) return <Skeleton height={400} />;
	const d = data.data;
	const wanted = Number(route.value.query.get("attempt"));
	const attempt = d.log.find((a) => a.number === wanted) ?? d.log.at(-1);
	const { tint, text } = headlineOf(d);
	const advice = adviceOf(d, webhook && hostOf(webhook.url));
	return (
		<>
			{problem && <Failed problem={problem} again={reload} />}
			<div class="title">
				<h1>
					{d.event}
					{d.user_code && <span class="muted"> {d.user_code}</span>}
					{d.test && <span class="muted"> {t("testEvent")}</span>}
				</h1>
			</div>
			<div class={`notice ${tint}`}>
				<Status of={lookOf(d)} />
				<div class="grow">
					<p>{text}</p>
					{advice && <p>{advice}</p>}
				</div>
				<NextStep delivery={d} reload={reload} />
			</div>
			<About delivery={d} webhook={webhook} />
			<div class="two">
				<Timeline delivery={d} open={attempt} />
				<BytesPanel delivery={d} attempt={attempt} />
			</div>
		</>
	);
}
