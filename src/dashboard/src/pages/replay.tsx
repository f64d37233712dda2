// The progress of one replay.
import { call, client } from "../api";
import { useLoad } from "../query";
import { href } from "../route";
import { FailedPage, Moment, Skeleton } from "../ui/parts";
import { number, t } from "../words";

export function ReplayPage({ id }: { id: number }) {
	const { data, problem, reload } = useLoad(
		`replay/${id}`,
		() => call(client.GET("/api/v2/replays/{id}", { params: { path: { id: String(id) } } })),
		2000,
		(change) => change.replays.some((r) => r.id === id),
	);
	if (problem && !data) return <FailedPage problem={problem} again={reload} list={href("webhooks")} title={t("replayTitle")} />;
	if (!data) return <Skeleton height={200} />;
	const r = data.data;
	return (
		<>
			<div class="title">
				<h1>{t("replayNumber", { number: String(r.id) })}</h1>
			</div>
			<div class={r.state === "finished" ? "notice ok" : "notice wait"} role="status">
				{r.state === "finished" ? t("replayFinished", { n: r.queued }) : t("replayRunning")}
			</div>
			<section class="panel stack">
				<dl class="facts">
					<div>
						<dt>{t("replayLookedAt")}</dt>
						<dd>{number(r.looked_at)}</dd>
					</div>
					<div>
						<dt>{t("replayQueued")}</dt>
						<dd>{number(r.queued)}</dd>
					</div>
					<div>
						<dt>{t("replayBegan")}</dt>
						<dd>
							<Moment at={r.created_at} />
						</dd>
					</div>
				</dl>
				<div class="row">
					<a class="button" href={href("webhooks", r.webhook_id)}>
						{t("openWebhook")}
					</a>
					<a class="button" href={href("deliveries", { webhook_id: r.webhook_id })}>
						{t("allDeliveries")}
					</a>
				</div>
			</section>
		</>
	);
}
