// The troubles of this server, worst first, each with the way to its remedy. Without trouble it shows nothing.
import { type Schemas, call, client } from "../api";
import { outcomeText } from "../delivery/reason";
import { changes } from "../live";
import { useLoad } from "../query";
import { href } from "../route";
import { useArrival } from "../ui/together";
import { brief, moment, t } from "../words";

type Webhook = Schemas["Webhook"];
type Rule = Schemas["RewardRule"];

interface Trouble {
	key: string;
	tint: "bad" | "wait" | "hold";
	text: string;
	action: string;
	to: string;
}

const LIVE_MS = 5000;
const ASKED = 10; // webhooks that are asked why nothing is sent: each is a call

function troubleOf(w: Webhook, why: Schemas["WebhookWhy"]): Trouble | undefined {
	const key = `webhook ${w.id}`;
	const to = href("webhooks", w.id);
	const more = { key, action: t("open"), to };
	if (why.state === "disabled") {
		const text = t("disabledSince", { name: brief(w.name), time: moment(w.disabled_at), n: why.held });
		return { ...more, tint: "bad", text };
	}
	if (why.url_problem) return { ...more, tint: "bad", text: t("cannotSend", { name: brief(w.name), reason: why.url_problem }) };
	if (why.state !== "penalised") return undefined;
	const error = why.last_error ? outcomeText(why.last_error) : "";
	return { ...more, tint: "wait", text: t("failingSince", { name: brief(w.name), error, time: moment(why.since), n: why.pending }) };
}

async function webhookTroubles(webhooks: Webhook[]): Promise<Trouble[]> {
	const first = [...webhooks].sort((a, b) => Number(b.state === "disabled") - Number(a.state === "disabled")).slice(0, ASKED);
	const found = await Promise.all(
		first.map(async (w) => {
			const params = { path: { id: String(w.id) } };
			return troubleOf(w, (await call(client.GET("/api/v2/webhooks/{id}/why", { params }))).data);
		}),
	);
	return found.filter((trouble) => trouble !== undefined);
}

/** Rules whose coupons are used up while rewards wait for one. */
function emptyPools(rules: Rule[]): Trouble[] {
	return rules
		.filter((r) => r.coupons?.left === 0 && r.rewards.due > 0)
		.map((r) => ({
			key: `rule ${r.id}`, tint: "wait", text: t("poolOf", { name: brief(r.name), n: r.rewards.due }), action: t("uploadCodes"),
			to: href("rewards", "rules", { upload: r.id }),
		}));
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

async function load(webhooks: Webhook[]) {
	const [ofWebhooks, rules, suspicious] = await Promise.all([
		webhookTroubles(webhooks),
		call(client.GET("/api/v2/reward-rules", { params: { query: { per_page: 100 } } })),
		call(client.GET("/api/v2/users", { params: { query: { review: "pending", per_page: 1 } } })),
	]);
	return { ofWebhooks, rules: rules.data, review: suspicious.data.length > 0 };
}

export function Troubles({ arrived }: { arrived: () => void }) {
	const list = useLoad("troubles", () => call(client.GET("/api/v2/webhooks")), LIVE_MS, changes("webhooks"));
	const webhooks = list.data?.data;
	const version = webhooks?.map((w) => `${w.id} ${w.state} ${w.name}`).join(); // undefined, unlike "", until the list is here
	const { data, problem } = useLoad(`why?${version}`, async () => (webhooks ? load(webhooks) : undefined), LIVE_MS);
	useArrival(arrived, data !== undefined || list.problem !== undefined || problem !== undefined);
	const all = data ? [...data.ofWebhooks, ...emptyPools(data.rules)] : [];
	return (
		<div class="notices">
			{webhooks?.length === 0 && (
				<Line trouble={{ key: "first", tint: "hold", text: t("firstStepsText"), action: t("firstSteps"), to: href("start") }} />
			)}
			{all.map((trouble) => (
				<Line key={trouble.key} trouble={trouble} />
			))}
			{data?.review && (
				<Line
					trouble={{ key: "review", tint: "hold", text: t("peopleToReview"), action: t("reviewUsers"), to: href("users", "review") }}
				/>
			)}
		</div>
	);
}
