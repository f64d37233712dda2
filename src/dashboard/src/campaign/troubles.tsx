// The troubles of this server, worst first, each with the way to its remedy. Without trouble it shows nothing.
import { type Schemas, call, client } from "../api";
import { outcomeText } from "../delivery/reason";
import { changes, live } from "../live";
import { useFollow, useLoad } from "../query";
import { href } from "../route";
import { useArrival } from "../ui/together";
import { heldText, silenceText } from "../webhook/silence";
import { brief, moment, number, t } from "../words";

type All = Schemas["Troubles"];

interface Trouble {
	key: string;
	tint: "bad" | "wait" | "hold";
	text: string;
	action: string;
	to: string;
}

const LIVE_MS = 5000;
const SHOWN = 5; // webhooks; a line counts the others
const AT_ONCE = 3; // notices
const WORST_FIRST = ["bad", "wait", "hold"];

/** " 79 were given up.", or " 3 deliveries wait." */
function lostText({ exhausted, pending }: Schemas["WebhookWhy"]): string {
	if (exhausted > 0) return ` ${t("whyExhausted", { n: exhausted })}`;
	return pending > 0 ? ` ${t("waiting", { n: pending })}` : "";
}

function troubleOf({ id, name: whole, why }: Schemas["WebhookTrouble"]): Trouble {
	const name = brief(whole);
	const error = why.last_error ? outcomeText(why.last_error) : "";
	const trouble = (tint: Trouble["tint"], text: string): Trouble => ({ key: `webhook ${id}`, action: t("open"), to: href("webhooks", id), tint, text });
	if (why.state === "disabled") return trouble("bad", t("disabledSince", { name, time: moment(why.since) }) + heldText(why));
	if (why.url_problem) return trouble("bad", t("cannotSend", { name, reason: why.url_problem }));
	if (why.state === "penalised") return trouble("wait", t("failingSince", { name, error, time: moment(why.since), n: why.pending }));
	if (why.answer === "no_match") {
		const action = t("changeWho"), to = href("webhooks", id, "settings", { at: "who" });
		return { ...trouble("hold", t("getsNothing", { name, reason: silenceText(why) })), action, to };
	}
	const last = { name, error, time: moment(why.last_attempt_at) };
	return trouble("wait", t(why.answer === "given_up" ? "lastGivenUp" : "refusesMessages", last) + lostText(why));
}

const worstFirst = (a: Trouble, b: Trouble) => WORST_FIRST.indexOf(a.tint) - WORST_FIRST.indexOf(b.tint);

function webhookTroubles({ webhooks, more_webhooks: more }: All): Trouble[] {
	const all = webhooks.map(troubleOf).sort(worstFirst);
	const rest = all.slice(SHOWN);
	const [worst] = rest;
	if (!worst) return all;
	const n = more ? `${number(rest.length)}+` : rest.length;
	return [...all.slice(0, SHOWN), { key: "rest", tint: worst.tint, text: t("moreTroubles", { n }), action: t("open"), to: href("webhooks") }];
}

/** Rules whose coupons are used up while rewards wait for one. */
function emptyPools({ coupon_rules }: All): Trouble[] {
	return coupon_rules.map(({ id, name, due }) => ({
		key: `rule ${id}`, tint: "wait", text: t("poolOf", { name: brief(name), n: due }), action: t("uploadCodes"),
		to: href("rewards", "rules", { upload: id }),
	}));
}

function others({ no_webhook, review }: All): Trouble[] {
	const first: Trouble = { key: "first", tint: "hold", text: t("firstStepsText"), action: t("firstSteps"), to: href("start") };
	const n = review.more ? `${number(review.users)}+` : review.users;
	const people: Trouble = { key: "review", tint: "hold", text: t("peopleToReview", { n }), action: t("reviewUsers"), to: href("users", "review") };
	return [...(no_webhook ? [first] : []), ...(review.users > 0 ? [people] : [])];
}

function Line({ trouble: { tint, text, action, to } }: { trouble: Trouble }) {
	return (
		<div class={`notice ${tint}`}>
			<span class="grow wrap">{text}</span>
			<a class="button" href={to}>
				{action}
			</a>
		</div>
	);
}

/** The troubles that would push the numbers of the page off the screen. */
function Others({ all }: { all: Trouble[] }) {
	const [worst] = all;
	if (!worst) return null;
	if (all.length === 1) return <Line trouble={worst} />;
	return (
		<details>
			<summary class={`notice ${worst.tint}`}>{t("moreNotices", { n: all.length })}</summary>
			<div class="notices">
				{all.map((trouble) => (
					<Line key={trouble.key} trouble={trouble} />
				))}
			</div>
		</details>
	);
}

export const loadTroubles = () => call(client.GET("/api/v2/troubles"));

export function Troubles({ arrived }: { arrived: () => void }) {
	const { data, problem, reload } = useLoad("troubles", loadTroubles, LIVE_MS, changes("webhooks"));
	// The stream does not report a receiver that begins to fail.
	useFollow("troubles", reload, live.value ? LIVE_MS : 0);
	useArrival(arrived, data !== undefined || problem !== undefined);
	const all: Trouble[] = data ? [...webhookTroubles(data.data), ...emptyPools(data.data), ...others(data.data)].sort(worstFirst) : [];
	return (
		<div class="notices">
			{all.slice(0, AT_ONCE).map((trouble) => (
				<Line key={trouble.key} trouble={trouble} />
			))}
			<Others all={all.slice(AT_ONCE)} />
		</div>
	);
}
