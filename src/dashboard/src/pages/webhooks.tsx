// The list of webhooks: is each of them sending?
import { type Schemas, call, client } from "../api";
import { loadTroubles } from "../campaign/troubles";
import { outcomeText } from "../delivery/reason";
import { changes, live } from "../live";
import { useFollow, useLoad } from "../query";
import { href } from "../route";
import { said } from "../said";
import { Empty, Failed, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { remember } from "../webhook/known";
import { webhookLook } from "../webhook/look";
import { silenceText } from "../webhook/silence";
import { moment, t } from "../words";

type Why = Schemas["WebhookWhy"];

const LIVE_MS = 5000;

/** What the receiver did last, if that is why nothing arrives. */
function failureText(why: Why): string {
	const error = why.last_error ? outcomeText(why.last_error) : "";
	if (why.state === "penalised") return t("keepsFailing", { error, since: moment(why.since) });
	if (why.answer === "message_refused") return t("refusesNow", { error });
	return why.answer === "given_up" ? t("whyGivenUp", { error, n: why.exhausted }) : "";
}

/** Why a webhook sends nothing, in short; its page says the rest. */
function Reason({ of: w, why }: { of: Schemas["Webhook"]; why: Why | undefined }) {
	const disabled = w.state === "disabled" && w.disabled_reason ? said(w.disabled_reason) : "";
	const silent = why?.answer === "no_match" ? silenceText(why) : "";
	const failing = (why && failureText(why)) || (w.penalised ? t("oneAtATime") : "");
	const text = disabled || failing || silent;
	return text ? <span class="meta block reason">{text}</span> : null;
}

function State({ of: w, why }: { of: Schemas["Webhook"]; why: Why | undefined }) {
	const state = w.penalised ? "penalised" : w.state;
	return <Status of={why ? webhookLook({ state, answer: why.answer }) : state} />;
}

export function WebhooksPage() {
	const list = useLoad("webhooks", async () => remember(await call(client.GET("/api/v2/webhooks"))), LIVE_MS, changes("webhooks"));
	const troubles = useLoad("troubles", loadTroubles, LIVE_MS, changes("webhooks"));
	// The stream does not report a receiver that begins to fail.
	useFollow("troubles", troubles.reload, live.value ? LIVE_MS : 0);
	const whys = new Map(troubles.data?.data.webhooks.map((w) => [w.id, w.why]));
	return (
		<>
			<div class="title">
				<h1>{t("webhooks")}</h1>
				<a class="button primary" href={href("webhooks", "new")}>
					{t("newWebhook")}
				</a>
			</div>
			{list.problem && <Failed problem={list.problem} again={list.reload} />}
			{!list.data && !list.problem && <Skeleton height={200} />}
			{list.data?.data.length === 0 && <Empty>{t("webhooksEmpty")}</Empty>}
			{list.data && list.data.data.length > 0 && (
				<section class="panel scroll">
					<table class="table webhooks">
						<thead>
							<tr>
								<th>{t("name")}</th>
								<th>{t("status")}</th>
								<th>{t("event")}</th>
							</tr>
						</thead>
						<tbody>
							{list.data.data.map((w) => (
								<tr key={w.id}>
									<td>
										<a class="wrap" href={href("webhooks", w.id)}>{w.name}</a>
										<span class="mono meta block wrap">
											{w.method.toUpperCase()} {w.url}
										</span>
									</td>
									<td>
										<State of={w} why={whys.get(w.id)} />
										<Reason of={w} why={whys.get(w.id)} />
									</td>
									<td>{w.events.join(", ")}</td>
								</tr>
							))}
						</tbody>
					</table>
				</section>
			)}
		</>
	);
}
