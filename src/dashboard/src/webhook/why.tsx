// "Why is nothing being sent?": the first answer that holds, with a button for each remedy.
import type { ComponentChildren } from "preact";
import type { Schemas } from "../api";
import { href } from "../route";
import { canWrite } from "../session";
import { Needs } from "../ui/needs";
import { Copy } from "../ui/parts";
import { becauseOf, codeOf, type Failure, hostOf, outcomeText } from "../delivery/reason";
import { moment, number, span, t, when } from "../words";
import { urlText } from "./endpoint-section";
import { said } from "../said";
import { ChangeLink, sectionFor } from "./remedy";
import { heldText, sectionsOf, silenceText } from "./silence";
import type { SectionName } from "./section";
import { useWhoDisabled } from "./who-disabled";

type Why = Schemas["WebhookWhy"];
type Tint = "bad" | "wait" | "hold" | "ok";
type Remedy =
	| "enable"
	| "lastResponse"
	| "showWaiting"
	| "showExhausted"
	| "replay"
	| "copyId"
	| "repair" // the part of the settings that the last failure is about
	| { change: SectionName };

interface Answer {
	tint: Tint;
	text: string;
	remedies: Remedy[];
	failed?: boolean; // what the last failure means, and its code, are shown below
}

/** The last failure in short: "500", or "Name not resolved (dns)". */
const failure = (why: Why) => (why.last_error ? outcomeText(why.last_error) : "");

function disabled(why: Why, who: string | undefined): Answer {
	const held = heldText(why);
	const since = when(why.since);
	if (why.answer === "disabled_gone")
		return { tint: "bad", text: `${t("whyGone", { when: since })}${held}`, remedies: [{ change: "endpoint" }, "enable"] };
	if (why.answer === "disabled_failing") {
		const text = `${t("whyFailedFor", { long: span(why.disable_rule.after_seconds), when: since })}${held}`;
		return { tint: "bad", text, remedies: ["lastResponse", { change: "endpoint" }, "enable"] };
	}
	if (why.answer === "disabled_by_operator")
		return { tint: "bad", text: `${t("whyDisabled", { who: who ?? t("somebody"), when: since })}${held}`, remedies: ["enable"] };
	return { tint: "bad", text: `${t("isDisabled", { time: moment(why.since), reason: said(why.reason ?? "") })}${held}`, remedies: ["enable"] };
}

function waiting(why: Why): Answer {
	const n = why.pending;
	const hold = (text: string): Answer => ({ tint: "hold", text, remedies: ["showWaiting"] });
	const limited = why.rate_tokens !== null && why.rate_tokens < 1;
	if (limited && why.rate_limit !== null)
		return hold(t("whyRate", { n, rate: number(why.rate_limit), left: span(Math.max(1, n / why.rate_limit)) }));
	if (why.in_flight !== null && why.concurrency !== null && why.in_flight >= why.concurrency)
		return hold(t("whyConcurrency", { n, max: number(why.concurrency) }));
	if (!why.next_due || Date.parse(why.next_due) <= Date.now()) return hold(t("whySending", { n }));
	const text = t("whyRetry", { n, error: failure(why), when: when(why.next_due) });
	return { tint: "wait", text, remedies: ["lastResponse", "repair", "showWaiting"], failed: true };
}

function excluded(why: Why): Answer {
	const remedies: Remedy[] = sectionsOf(why).map((change) => ({ change }));
	if (why.events.excluded.some((e) => e.setting === "created_at")) remedies.push("replay");
	return { tint: "hold", text: silenceText(why), remedies };
}

function answerOf(why: Why, webhook: Schemas["Webhook"], who: string | undefined): Answer {
	switch (why.answer) {
		case "disabled_by_operator":
		case "disabled_gone":
		case "disabled_failing":
		case "disabled":
			return disabled(why, who);
		case "address_refused": {
			const detail = why.last_error?.detail ?? "";
			const text = why.url_problem
				? urlText(webhook.url, why.url_problem)
				: t("whyAddress", { host: hostOf(webhook.url), detail });
			return { tint: "bad", text, remedies: [{ change: "endpoint" }, "lastResponse"] };
		}
		case "failing": {
			const since = moment(why.disable_rule.failing_since);
			const text = t("whyFailing", { error: failure(why), since, next: why.next_due ? when(why.next_due) : t("soon") });
			return { tint: "wait", text, remedies: ["lastResponse", "repair"], failed: true };
		}
		case "message_refused":
			return { tint: "wait", text: t("whyRefused", { status: failure(why) }), remedies: ["lastResponse", { change: "fields" }], failed: why.last_error?.status !== 422 };
		case "waiting":
			return waiting(why);
		case "given_up": {
			const text = t("whyGivenUp", { error: failure(why), n: why.exhausted });
			return { tint: "bad", text, remedies: ["lastResponse", "repair", "showExhausted"], failed: true };
		}
		case "no_match":
			return excluded(why);
		case "no_event":
			return { tint: "hold", text: t("noEvent"), remedies: [] };
		case "nothing_missing": {
			const all = why.delivered + why.exhausted;
			const text = t("whyNothingMissing", { n: number(why.delivered), all: number(all) });
			const gone = why.exhausted > 0 ? [t("whyExhausted", { n: why.exhausted })] : [];
			const remedies: Remedy[] = why.exhausted > 0 ? ["copyId", "showExhausted"] : ["copyId"];
			return { tint: "ok", text: [text, ...gone, t("searchReceiver")].join(" "), remedies };
		}
	}
}

/** What a failure means and what to do, with its code for engineers. */
function Detail({ of }: { of: Failure }) {
	return (
		<>
			<p>{becauseOf(of)}</p>
			{of.error !== "status" && <p class="mono wrap">{codeOf(of)}</p>}
		</>
	);
}

interface Props {
	why: Why;
	webhook: Schemas["Webhook"];
	last: Schemas["Delivery"] | undefined; // the newest delivery
	lastTried: Schemas["Delivery"] | undefined; // the newest that was attempted
	onEnable: () => void;
	onReplay: () => void;
}

export function WhyPanel({ why, webhook, last, lastTried, onEnable, onReplay }: Props) {
	const answer = answerOf(why, webhook, useWhoDisabled(webhook));
	const link = (to: string, words: string): ComponentChildren => (
		<a class="button" href={to}>
			{words}
		</a>
	);
	const act = (run: () => void, words: string, primary = false): ComponentChildren => (
		<button type="button" class={primary ? "primary" : ""} disabled={!canWrite.value} onClick={run}>
			{words}
		</button>
	);
	const button = (remedy: Remedy): ComponentChildren => {
		if (typeof remedy === "object") return <ChangeLink webhook={webhook.id} section={remedy.change} />;
		switch (remedy) {
			case "repair": {
				const section = why.last_error ? sectionFor(why.last_error) : undefined;
				return section && <ChangeLink webhook={webhook.id} section={section} />;
			}
			case "enable":
				return act(onEnable, why.held > 0 ? t("enableAndSend", { n: why.held }) : t("enable"), true);
			case "replay":
				return act(onReplay, t("sendEarlier"));
			case "lastResponse":
				return lastTried && link(href("deliveries", lastTried.id), t("lastResponse"));
			case "showWaiting":
				return link(href("deliveries", { webhook_id: webhook.id, status: "pending" }), t("showThem"));
			case "showExhausted":
				return link(href("deliveries", { webhook_id: webhook.id, status: "exhausted" }), t("showExhausted"));
			case "copyId":
				return last && <Copy text={last.message_id}>{t("copyWebhookId")}</Copy>;
		}
	};
	return (
		<section class="stack" aria-labelledby="why-title">
			<h2 id="why-title">{t(answer.tint === "ok" ? "whetherAll" : "whyNothing")}</h2>
			<div class={`notice ${answer.tint}`} data-answer={why.answer}>
				<div class="grow">
					<p>{answer.text}</p>
					{answer.failed && why.last_error && <Detail of={{ ...why.last_error, host: hostOf(webhook.url) }} />}
					{why.answer === "nothing_missing" && last && <p class="mono wrap">{last.message_id}</p>}
				</div>
				{answer.remedies.map(button)}
				{answer.remedies.some((r) => r === "enable" || r === "replay") && <Needs />}
			</div>
		</section>
	);
}
