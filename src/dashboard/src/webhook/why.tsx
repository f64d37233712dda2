// "Why is nothing being sent?": the first answer that holds, with a button for each remedy.
import type { ComponentChildren } from "preact";
import type { Schemas } from "../api";
import { href } from "../route";
import { canWrite } from "../session";
import { Copy } from "../ui/parts";
import { moment, number, span, t } from "../words";
import { urlText } from "./endpoint-section";
import type { SectionName } from "./section";

type Why = Schemas["WebhookWhy"];
type Tint = "bad" | "wait" | "hold" | "ok";
type Remedy =
	| "enable"
	| "sendTest"
	| "lastResponse"
	| "showWaiting"
	| "showExhausted"
	| "replay"
	| "copyId"
	| { change: SectionName };

interface Answer {
	tint: Tint;
	text: string;
	remedies: Remedy[];
}

/** What the last failure was: "500", or "dns: no such name". */
function failure(why: Why): string {
	const e = why.last_error;
	if (!e) return "";
	return e.status !== null ? String(e.status) : [e.error, e.detail].filter(Boolean).join(": ");
}

const hostOf = (url: string) => /^[a-z]+:\/\/(\[[^\]]*\]|[^/:?#]*)/i.exec(url)?.[1] ?? url;

function disabled(why: Why): Answer {
	const held = t("heldCount", { n: why.held });
	const since = moment(why.since);
	if (why.answer === "disabled_gone")
		return { tint: "bad", text: `${t("whyGone", { time: since })} ${held}`, remedies: [{ change: "endpoint" }, "enable"] };
	if (why.answer === "disabled_failing") {
		const text = `${t("whyFailedFor", { long: span(why.disable_rule.after_seconds) })} ${held}`;
		return { tint: "bad", text, remedies: ["lastResponse", { change: "endpoint" }, "enable"] };
	}
	if (why.answer === "disabled_by_operator")
		return { tint: "bad", text: `${t("whyDisabled", { time: since })} ${held}`, remedies: ["enable"] };
	return { tint: "bad", text: `${t("isDisabled", { time: since, reason: why.reason ?? "" })} ${held}`, remedies: ["enable"] };
}

function waiting(why: Why): Answer {
	const parts = [t("waiting", { n: why.pending })];
	const limited = why.rate_limit !== null && why.rate_tokens !== null && why.rate_tokens < 1;
	if (limited && why.rate_limit !== null) {
		parts.push(t("whyRate", { rate: number(why.rate_limit), left: span(Math.max(1, why.pending / why.rate_limit)) }));
	} else if (why.in_flight !== null && why.concurrency !== null && why.in_flight >= why.concurrency) {
		parts.push(t("whyConcurrency", { max: number(why.concurrency) }));
	} else if (why.next_due && Date.parse(why.next_due) > Date.now()) {
		parts.push(t("whyRetry", { error: failure(why), time: moment(why.next_due) }));
		return { tint: "wait", text: parts.join(" "), remedies: ["lastResponse", { change: "endpoint" }, "showWaiting"] };
	} else parts.push(t("whySending"));
	return { tint: "hold", text: parts.join(" "), remedies: ["showWaiting"] };
}

const SECTION_OF: Record<string, SectionName> = { events: "event", types: "who", sources: "who" };

function excluded(why: Why): Answer {
	const { events } = why;
	if (events.of_campaign === 0)
		return { tint: "hold", text: t("whyOtherCampaign", { n: events.looked_at }), remedies: [{ change: "who" }] };
	const texts = events.excluded.map((e) => {
		if (e.setting === "created_at") return t("whyBefore", { n: e.events });
		if (e.setting === "itself") return t("whyItself", { n: e.events });
		if (e.setting === "rule_id") return t("whyRule", { n: e.events });
		return t("whyExcluded", { n: e.events, wanted: (e.wanted ?? []).join(", "), had: (e.had ?? []).join(", ") });
	});
	const sections = [...new Set(events.excluded.map((e) => SECTION_OF[e.setting]).filter((s) => s !== undefined))];
	const remedies: Remedy[] = sections.map((change) => ({ change }));
	if (events.excluded.some((e) => e.setting === "created_at")) remedies.push("replay");
	return { tint: "hold", text: [t("whyNoMatch", { n: events.of_campaign }), ...texts].join(" "), remedies };
}

function answerOf(why: Why, webhook: Schemas["Webhook"]): Answer {
	switch (why.answer) {
		case "disabled_by_operator":
		case "disabled_gone":
		case "disabled_failing":
		case "disabled":
			return disabled(why);
		case "address_refused": {
			const detail = why.last_error?.detail ?? "";
			const text = why.url_problem
				? urlText(webhook.url, why.url_problem)
				: t("whyAddress", { host: hostOf(webhook.url), detail });
			return { tint: "bad", text, remedies: [{ change: "endpoint" }, "lastResponse"] };
		}
		case "failing": {
			const error = { error: failure(why), time: moment(why.disable_rule.failing_since) };
			const text = `${t("keepsFailing", error)} ${t("whyNextProbe", { time: moment(why.next_due) })}`;
			return { tint: "wait", text, remedies: ["lastResponse", "sendTest", { change: "endpoint" }] };
		}
		case "message_refused":
			return { tint: "wait", text: t("whyRefused", { status: failure(why) }), remedies: ["lastResponse", { change: "fields" }] };
		case "waiting":
			return waiting(why);
		case "given_up": {
			const text = t("whyGivenUp", { error: failure(why), n: why.exhausted });
			return { tint: "bad", text, remedies: ["lastResponse", "showExhausted", "sendTest"] };
		}
		case "no_match":
			return excluded(why);
		case "no_event":
			return { tint: "hold", text: t("noEvent"), remedies: ["sendTest"] };
		case "nothing_missing": {
			const all = why.delivered + why.exhausted;
			const text = t("whyNothingMissing", { n: number(why.delivered), all: number(all) });
			const gone = why.exhausted > 0 ? [t("whyExhausted", { n: why.exhausted })] : [];
			const remedies: Remedy[] = why.exhausted > 0 ? ["copyId", "showExhausted"] : ["copyId"];
			return { tint: "ok", text: [text, ...gone, t("searchReceiver")].join(" "), remedies };
		}
	}
}

interface Props {
	why: Why;
	webhook: Schemas["Webhook"];
	last: Schemas["Delivery"] | undefined; // the newest delivery
	lastTried: Schemas["Delivery"] | undefined; // the newest that was attempted
	onEnable: () => void;
	onTest: () => void;
	onReplay: () => void;
}

export function WhyPanel({ why, webhook, last, lastTried, onEnable, onTest, onReplay }: Props) {
	const answer = answerOf(why, webhook);
	const link = (to: string, words: string): ComponentChildren => (
		<a class="button" href={to}>
			{words}
		</a>
	);
	const act = (run: () => void, words: string): ComponentChildren => (
		<button type="button" disabled={!canWrite.value} onClick={run}>
			{words}
		</button>
	);
	const button = (remedy: Remedy): ComponentChildren => {
		if (typeof remedy === "object") {
			const words = { event: "changeEvent", who: "changeWho", endpoint: "changeUrl", fields: "editFields" } as const;
			const key = remedy.change in words ? words[remedy.change as keyof typeof words] : "settings";
			return link(href("webhooks", webhook.id, "settings", { at: remedy.change }), t(key));
		}
		switch (remedy) {
			case "enable":
				return act(onEnable, why.held > 0 ? t("enableAndSend", { n: why.held }) : t("enable"));
			case "sendTest":
				return act(onTest, t("sendTest"));
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
			<h2 id="why-title">{t("whyNothing")}</h2>
			<div class={`notice ${answer.tint}`} data-answer={why.answer}>
				<p class="grow">{answer.text}</p>
				{answer.remedies.map(button)}
			</div>
		</section>
	);
}
