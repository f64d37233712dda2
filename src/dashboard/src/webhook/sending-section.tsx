// Advanced settings: order, times, pace, retries. Closed as long as all of them are the defaults.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { route } from "../route";
import { Field } from "../ui/field";
import { span, t } from "../words";
import type { Draft } from "./draft";
import { allSecondsOf, lengthsText } from "./lengths";
import { DEFAULT_SCHEDULE } from "./schedule";
import { DEFAULT_SENDING, type Order, type Sending, type SendingMember, SENDING_MEMBERS, unreadable } from "./sending";
import { FieldProblem } from "./section";

const ORDERS = [["per_user", "orderPerUser"], ["none", "orderNone"], ["strict", "orderStrict"]] as const;
const ORDER_HELP = { per_user: "orderPerUserHelp", none: "orderNoneHelp", strict: "orderStrictHelp" } as const;

interface Props {
	draft: Draft;
	change: (to: Partial<Draft>) => void;
	problems: Map<string, string>;
}

/** "10 attempts within 3 days", of what is typed or of the default. */
function attemptsOf(s: Sending): string {
	const delays = s.schedule.trim() === "" ? DEFAULT_SCHEDULE : (allSecondsOf(s.schedule) ?? []);
	if (delays.length === 0) return "";
	return t("attemptsWithin", { n: delays.length + 1, long: span(delays.reduce((sum, d) => sum + d, 0)) });
}

function summaryOf(s: Sending): string {
	const order = t(ORDERS.find(([o]) => o === s.ordered)?.[1] ?? "orderPerUser");
	return [order, attemptsOf(s)].filter(Boolean).join(" · ");
}

/** Opens by itself if a remedy leads here (`?at=sending`) or something in it is wrong. */
function Fold({ open, summary, children }: { open: boolean; summary: string; children: ComponentChildren }) {
	const box = useRef<HTMLDetailsElement>(null);
	const wanted = route.value.query.get("at") === "sending";
	useEffect(() => {
		if (wanted || open) box.current?.setAttribute("open", "");
		if (!wanted) return;
		box.current?.scrollIntoView({ block: "start" });
		box.current?.querySelector("select")?.focus();
	}, [wanted, open]);
	return (
		<details class="panel step advanced" ref={box}>
			<summary>
				<h2>{t("advanced")}</h2>
				<span class="muted">{summary}</span>
			</summary>
			<div class="stack">{children}</div>
		</details>
	);
}

function OrderPart({ ordered, put, problem }: { ordered: Order; put: (to: Partial<Sending>) => void; problem: string | undefined }) {
	return (
		<div class="field">
			<label for="sending-ordered">{t("orderLabel")}</label>
			<select id="sending-ordered" value={ordered} onChange={(e) => put({ ordered: e.currentTarget.value as Order })}>
				{ORDERS.map(([order, word]) => (
					<option key={order} value={order}>
						{t(word)}
					</option>
				))}
			</select>
			<div class="meta">{t(ORDER_HELP[ordered])}</div>
			{problem && <FieldProblem>{problem}</FieldProblem>}
		</div>
	);
}

export function SendingSection({ draft, change, problems }: Props) {
	const s = draft.sending;
	const put = (to: Partial<Sending>) => change({ sending: { ...s, ...to } });
	const wrong = unreadable(s);
	const of = (member: SendingMember, say: "writeShort" | "writeLong" | "writeNumber" | "writeLengths" | "writeStatuses") =>
		wrong.has(member) ? t(say) : problems.get(member);
	const changed = JSON.stringify(s) !== JSON.stringify(DEFAULT_SENDING);
	const bad = wrong.size > 0 || SENDING_MEMBERS.some((member) => problems.has(member));
	return (
		<Fold open={changed || bad} summary={summaryOf(s)}>
			<p class="meta">{t("advancedHelp")}</p>
			<OrderPart ordered={s.ordered} put={put} problem={problems.get("ordered")} />
			<div class="fields">
				<Field id="sending-connect" label={t("connectWithin")} value={s.connect} placeholder="5 s"
					change={(connect) => put({ connect })} problem={of("connect_timeout_ms", "writeShort")} help={t("connectHelp")} />
				<Field id="sending-total" label={t("answerWithin")} value={s.total} placeholder="15 s"
					change={(total) => put({ total })} problem={of("timeout_ms", "writeShort")} help={t("answerHelp")} />
				<Field id="sending-rate" label={t("ratePerSecond")} value={s.rate} placeholder={t("noLimit")} inputMode="numeric"
					change={(rate) => put({ rate })} problem={of("rate_limit", "writeNumber")} help={t("rateHelp")} />
				<Field id="sending-concurrency" label={t("atATime")} value={s.concurrency} placeholder="32" inputMode="numeric"
					change={(concurrency) => put({ concurrency })} problem={of("concurrency", "writeNumber")} help={t("atATimeHelp")} />
			</div>
			<Field id="sending-schedule" label={t("retryAfter")} value={s.schedule} placeholder={lengthsText(DEFAULT_SCHEDULE)}
				change={(schedule) => put({ schedule })} problem={of("retry_schedule", "writeLengths")}
				help={`${attemptsOf(s)} ${t("retryHelp")}`} />
			<div class="fields">
				<Field id="sending-disable" label={t("disableAfter")} value={s.disableAfter} placeholder="5 d"
					change={(disableAfter) => put({ disableAfter })} problem={of("disable_after_seconds", "writeLong")}
					help={t("disableAfterHelp")} />
				<Field id="sending-statuses" label={t("alsoDelivered")} value={s.statuses} placeholder="302, 409"
					change={(statuses) => put({ statuses })} problem={of("success_statuses", "writeStatuses")}
					help={t("alsoDeliveredHelp")} />
			</div>
			{changed && (
				<div>
					<button type="button" onClick={() => change({ sending: DEFAULT_SENDING })}>
						{t("useDefaults")}
					</button>
				</div>
			)}
		</Fold>
	);
}
