// Sending past events again: what is chosen, how many that is, and only then the button.
import { useState } from "preact/hooks";
import { call, client, type Schemas } from "../api";
import { useLoad } from "../query";
import { go, href } from "../route";
import { canWrite } from "../session";
import { useOnce, useSubmit } from "../ui/act";
import { Needs } from "../ui/needs";
import { Failed, Skeleton } from "../ui/parts";
import { number, t } from "../words";

type Choice = Schemas["ReplayStatus"];

const CHOICES: [Choice, "choiceMissing" | "choiceExhausted" | "choiceCancelled" | "choiceDelivered"][] = [
	["missing", "choiceMissing"],
	["exhausted", "choiceExhausted"],
	["cancelled", "choiceCancelled"],
	["delivered", "choiceDelivered"],
];

/** A local time of an input, as the API takes it. */
const instant = (local: string) => (local ? new Date(local).toISOString() : null);

function Time({ label, value, onChange }: { label: string; value: string; onChange: (v: string) => void }) {
	return (
		<label class="filter">
			{label}
			<input type="datetime-local" value={value} onInput={(e) => onChange(e.currentTarget.value)} />
		</label>
	);
}

export function ReplayNewPage({ id }: { id: number }) {
	const path = { id: String(id) };
	const [since, setSince] = useState("");
	const [until, setUntil] = useState("");
	const [status, setStatus] = useState<Choice[]>(["missing", "exhausted", "cancelled"]);
	const webhook = useLoad(`name of webhook/${id}`, () => call(client.GET("/api/v2/webhooks/{id}", { params: { path } })));
	const body = { since: instant(since), until: instant(until), status };
	const plan = useLoad(
		`plan ${id}?${JSON.stringify(body)}`,
		async () => status.length > 0
			? (await call(client.POST("/api/v2/webhooks/{id}/replay/plan", { params: { path }, body }))).data
			: { looked_at: 0, queued: 0, complete: true },
	);
	const once = useOnce();
	const name = webhook.data?.data.name ?? String(id);
	const { submit: replay, busy, problem, again } = useSubmit(async () => {
		const send = (header: { "Idempotency-Key": string }) =>
			call(client.POST("/api/v2/webhooks/{id}/replay", { params: { path, header }, body }));
		const made = await once(body, send);
		go("replays", made.data.id);
	});
	const toggle = (choice: Choice, on: boolean) =>
		setStatus(CHOICES.map(([c]) => c).filter((c) => (c === choice ? on : status.includes(c))));
	const n = plan.data?.queued ?? 0;
	return (
		<>
			<p>
				<a href={href("webhooks", id)}>{name}</a>
			</p>
			<div class="title">
				<h1>{t("replayTitle")}</h1>
			</div>
			<section class="panel stack">
				<div class="filters">
					<Time label={t("replaySince")} value={since} onChange={setSince} />
					<Time label={t("replayUntil")} value={until} onChange={setUntil} />
				</div>
				<fieldset class="replay-choices">
					<legend>{t("replayWhich")}</legend>
					{CHOICES.map(([choice, word]) => (
						<label key={choice}>
							<input type="checkbox" checked={status.includes(choice)} onChange={(e) => toggle(choice, e.currentTarget.checked)} />
							{t(word)}
						</label>
					))}
				</fieldset>
			</section>
			{problem && <Failed problem={problem} again={again} />}
			{plan.problem && <Failed problem={plan.problem} again={plan.reload} />}
			{!plan.data && !plan.problem && <Skeleton height={72} />}
			{plan.data && (
				<section class="panel row" aria-live="polite">
					<span class="grow">
						{n > 0 ? t("replayAsk", { n, name }) : t("replayNothing", { all: number(plan.data.looked_at) })}
						{!plan.data.complete && ` ${t("replayMore")}`}
					</span>
					<button type="button" class="primary" aria-busy={busy} disabled={!canWrite.value || (n === 0 && plan.data.complete)} onClick={replay}>
						{t("replayButton", { count: number(n) })}
					</button>
					<Needs />
				</section>
			)}
		</>
	);
}
