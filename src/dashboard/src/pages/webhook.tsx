// One webhook: is it sending, why not, and its latest deliveries.
import { Problem, call, client, type Schemas } from "../api";
import { useLoad } from "../query";
import { canWrite } from "../session";
import { DeliveryTable } from "../ui/delivery-table";
import { Empty, Failed, Skeleton, Status, problemText, say } from "../ui/parts";
import { duration, moment, number, t } from "../words";

type Why = Schemas["WebhookWhy"];

/** The first answer that holds to "why is nothing being sent?". */
function answer(why: Why): { tint: "bad" | "wait" | "hold" | undefined; text: string } {
	if (why.state === "disabled")
		return { tint: "bad", text: t("isDisabled", { time: moment(why.since), reason: why.reason ?? "" }) };
	if (why.state === "penalised") {
		const error = [why.last_error?.status, why.last_error?.error].filter(Boolean).join(" ");
		return { tint: "wait", text: t("keepsFailing", { error, time: moment(why.since) }) };
	}
	if (why.pending > 0) return { tint: "hold", text: t("waiting", { n: why.pending }) };
	return { tint: undefined, text: why.last_attempt_at ? t("noneMissing") : t("noEvent") };
}

export function WebhookPage({ id }: { id: number }) {
	const path = { id: String(id) };
	const webhook = useLoad(`webhook/${id}`, () => call(client.GET("/api/v2/webhooks/{id}", { params: { path } })), 5000);
	const why = useLoad(`why/${id}`, () => call(client.GET("/api/v2/webhooks/{id}/why", { params: { path } })), 2000);
	const latest = useLoad(
		`latest/${id}`,
		() =>
			call(client.GET("/api/v2/deliveries", { params: { query: { webhook_id: id, order: "-id", per_page: 20 } } })),
		2000,
	);
	if (webhook.problem && !webhook.data) return <Failed problem={webhook.problem} again={webhook.reload} />;
	if (!webhook.data || !why.data) return <Skeleton height={400} />;
	const w = webhook.data.data;
	const now = answer(why.data.data);

	const act = async (work: () => Promise<string>, undo?: () => void) => {
		try {
			say(await work(), undo);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			say(problemText(error));
		}
		webhook.reload();
		why.reload();
		latest.reload();
	};
	const test = async () => {
		const { data } = await call(
			client.POST("/api/v2/webhooks/{id}/test", { params: { path, query: { wait: "10s" } } }),
		);
		const last = "log" in data ? data.log.at(-1) : undefined;
		if (!last) return t("waiting", { n: 1 });
		return last.status !== null && data.status === "delivered"
			? t("testAnswered", { status: String(last.status), time: duration(last.duration_us.total) })
			: t("testFailed", { reason: [last.status, last.error, last.detail].filter(Boolean).join(", ") });
	};
	const enable = async () => {
		await call(client.POST("/api/v2/webhooks/{id}/enable", { params: { path } }));
		return t("enabledAgain");
	};
	return (
		<>
			<div class="title">
				<h1>{w.name}</h1>
				<Status of={why.data.data.state} />
				{w.state === "disabled" ? (
					<button type="button" class="primary" disabled={!canWrite.value} onClick={() => act(enable)}>
						{t("enable")}
					</button>
				) : (
					<button type="button" class="primary" disabled={!canWrite.value} onClick={() => act(test)}>
						{t("sendTest")}
					</button>
				)}
			</div>
			<p class="mono">
				{w.method.toUpperCase()} {w.url}
			</p>
			<section class="stack">
				<h2>{t("whyNothing")}</h2>
				<div class={now.tint ? `notice ${now.tint}` : "panel"}>{now.text}</div>
			</section>
			<dl class="facts panel">
				{(["pending", "held"] as const).map((word) => (
					<div key={word}>
						<dt>{t(word)}</dt>
						<dd>{number(why.data?.data[word] ?? 0)}</dd>
					</div>
				))}
			</dl>
			<section class="panel stack scroll">
				<h2>{t("latestDeliveries")}</h2>
				{latest.data && latest.data.data.length > 0 ? (
					<DeliveryTable deliveries={latest.data.data} />
				) : (
					<Empty>{t("noEvent")}</Empty>
				)}
			</section>
		</>
	);
}
