// One delivery: what happened to this event, attempt by attempt, and what can be done now.
import { useState } from "preact/hooks";
import { Problem, call, client, type Schemas } from "../api";
import { useLoad } from "../query";
import { href } from "../route";
import { canWrite } from "../session";
import { lookOf, outcomeOf } from "../ui/delivery-table";
import { Copy, Empty, Failed, Moment, Skeleton, Status, problemText, say } from "../ui/parts";
import { duration, moment, t } from "../words";

type Attempt = Schemas["Attempt"];

function phases(a: Attempt) {
	const { dns, connect, tls, first_byte, total } = a.duration_us;
	return [
		["dns", dns],
		["connect", connect],
		["tls", tls],
		["firstByte", first_byte],
		["total", total],
	] as const;
}

function AttemptBox({ attempt }: { attempt: Attempt }) {
	return (
		<section class="panel stack">
			<h2>{t("attempt", { n: attempt.number })}</h2>
			<p>
				<Moment at={attempt.at} /> · {[attempt.status, attempt.error, attempt.detail].filter(Boolean).join(" · ")}
			</p>
			<dl class="facts">
				{phases(attempt).map(([word, us]) => (
					<div key={word}>
						<dt>{t(word)}</dt>
						<dd>{duration(us)}</dd>
					</div>
				))}
			</dl>
			<h3 class="meta">{t("answer")}</h3>
			<pre class="bytes">{attempt.answer || attempt.answer_base64 || t("empty")}</pre>
		</section>
	);
}

export function DeliveryPage({ id }: { id: number }) {
	const { data, problem, reload } = useLoad(
		`delivery/${id}`,
		() => call(client.GET("/api/v2/deliveries/{id}", { params: { path: { id: String(id) } } })),
		2000,
	);
	const [chosen, setChosen] = useState<number>();
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={400} />;
	const d = data.data;
	const attempt = d.log.find((a) => a.number === chosen) ?? d.log.at(-1);
	const resend = async () => {
		try {
			await call(client.POST("/api/v2/deliveries/{id}/resend", { params: { path: { id: String(id) } } }));
			say(t("resent"));
			reload();
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			say(problemText(error));
		}
	};
	return (
		<>
			<div class="title">
				<Status of={lookOf(d)} />
				<h1>
					{d.event} {outcomeOf(d)}
				</h1>
				<button type="button" class="primary" disabled={!canWrite.value} onClick={resend}>
					{t("resend")}
				</button>
			</div>
			{d.reason && <div class="notice bad">{d.reason}</div>}
			{d.next_attempt_at && <p>{t("nextAt", { time: moment(d.next_attempt_at) })}</p>}
			<div class="row">
				{d.user_code && (
					<a class="mono" href={href("users", d.user_code)}>
						{d.user_code}
					</a>
				)}
				<a href={href("webhooks", d.webhook_id)}>
					{t("webhook")} {d.webhook_id}
				</a>
				<code>{d.message_id}</code>
				<Copy text={d.message_id} />
			</div>
			<div class="two">
				<ol class="attempts panel">
					<li class="meta">
						<Moment at={d.created_at} />
					</li>
					{d.log.map((a) => (
						<li key={a.number}>
							<button
								type="button"
								class="plain"
								aria-pressed={a === attempt}
								onClick={() => setChosen(a.number)}
							>
								#{a.number} {moment(a.at)} · {[a.status, a.error].filter(Boolean).join(" ")} ·{" "}
								{duration(a.duration_us.total)}
							</button>
						</li>
					))}
				</ol>
				{attempt ? (
					<AttemptBox attempt={attempt} />
				) : (
					<Empty>{t("noAttempt", { time: moment(d.next_attempt_at) })}</Empty>
				)}
			</div>
		</>
	);
}
