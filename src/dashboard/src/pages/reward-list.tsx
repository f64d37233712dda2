// The rewards of one state and metric. Due rewards are issued or cancelled many at once: the button says how many, and
// what they come to.
import { useRef, useState } from "preact/hooks";
import { type Schemas, attempt, call, client } from "../api";
import { useLoad } from "../query";
import { href, route } from "../route";
import { canWrite } from "../session";
import { Needs } from "../ui/needs";
import { Empty, Failed, Moment, Skeleton, Status, say } from "../ui/parts";
import { number, t } from "../words";
import type { Metric } from "./rewards";

type Reward = Schemas["Reward"];
export type State = "due" | "issued" | "cancelled";

function load(state: State, metric: Metric) {
	const params = {
		path: { metric },
		query: { ...Object.fromEntries(route.value.query), order: "-id" as const, per_page: 100 },
	};
	if (state === "due") return call(client.GET("/api/v2/rewards/due/{metric}", { params }));
	if (state === "issued") return call(client.GET("/api/v2/rewards/issued/{metric}", { params }));
	return call(client.GET("/api/v2/rewards/cancelled/{metric}", { params }));
}

/** "EUR 20.00, USD 5.00": the sums of the chosen rewards, for each currency. */
function sumOf(rewards: Reward[]): string {
	const sums = new Map<string, number>();
	for (const r of rewards)
		if (r.currency && r.amount_display)
			sums.set(r.currency, (sums.get(r.currency) ?? 0) + Number(r.amount_display));
	return [...sums].map(([currency, sum]) => `${currency} ${sum.toFixed(2)}`).join(", ");
}

function stateLook(r: Reward): "due" | "review" | "issued" | "cancelled" {
	if (r.state === "due") return r.in_review ? "review" : "due";
	return r.state === "issued" ? "issued" : "cancelled";
}

/** What a person gets: an amount, a coupon, or the name of something else. */
function worth(r: Reward): string {
	if (r.coupon) return r.coupon;
	return r.amount_display ? `${r.currency ?? ""} ${r.amount_display}` : "–";
}

/** Asks once, with count and effect, and then runs through the rewards one after another. */
function Actions({ chosen, done }: { chosen: Reward[]; done: () => void }) {
	const [asked, setAsked] = useState<"issue" | "cancel">();
	const [busy, setBusy] = useState(false);
	const run = async (what: "issue" | "cancel") => {
		setBusy(true);
		const refused: string[] = [];
		for (const reward of chosen) {
			const params = { path: { id: String(reward.id) } };
			const work =
				what === "issue"
					? client.POST("/api/v2/rewards/issue/{id}", { params })
					: client.POST("/api/v2/rewards/cancel/{id}", { params, body: { reason: "cancelled in the dashboard" } });
			const problem = await attempt(() => call<unknown>(work));
			if (problem) refused.push(problem.message);
		}
		setBusy(false);
		setAsked(undefined);
		const worked = chosen.length - refused.length;
		const text = t(what === "issue" ? "rewardsIssued" : "rewardsCancelled", { n: worked });
		say(refused.length > 0 ? `${text} ${t("rewardsRefused", { n: refused.length })} ${refused[0]}` : text);
		done();
	};
	const sum = sumOf(chosen);
	const n = chosen.length;
	if (asked)
		return (
			<div class="notice wait" role="alertdialog" aria-label={t("rewards")}>
				<span class="grow">
					{t(asked === "issue" ? "issueAsk" : "cancelAsk", { n, sum: sum ? ` (${sum})` : "" })}
				</span>
				<button type="button" class="primary" disabled={busy} onClick={() => run(asked)}>
					{t(asked === "issue" ? "issueN" : "cancelN", { n })}
				</button>
				<button type="button" disabled={busy} onClick={() => setAsked(undefined)}>
					{t("back")}
				</button>
			</div>
		);
	return (
		<div class="row">
			<button
				type="button"
				class="primary"
				disabled={n === 0 || !canWrite.value}
				onClick={() => setAsked("issue")}
			>
				{n === 0 ? t("issueSelected") : t("issueN", { n })} {sum}
			</button>
			<button type="button" disabled={n === 0 || !canWrite.value} onClick={() => setAsked("cancel")}>
				{n === 0 ? t("cancelSelected") : t("cancelN", { n })}
			</button>
			<Needs />
		</div>
	);
}

export function RewardList({ state, metric }: { state: State; metric: Metric }) {
	const { data, problem, reload } = useLoad(`${state}/${metric}`, () => load(state, metric), 5000);
	const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
	const last = useRef<number>();
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={320} />;
	const rewards = data.data;
	if (rewards.length === 0) return <Empty>{t(state === "due" ? "nothingDue" : "noRewards")}</Empty>;
	const chosen = rewards.filter((r) => ids.has(r.id));
	/* With Shift, everything between the last choice and this one. */
	const choose = (index: number, on: boolean, range: boolean) => {
		const from = range && last.current !== undefined ? Math.min(last.current, index) : index;
		const to = range && last.current !== undefined ? Math.max(last.current, index) : index;
		const next = new Set(ids);
		for (const r of rewards.slice(from, to + 1))
			if (on) next.add(r.id);
			else next.delete(r.id);
		last.current = index;
		setIds(next);
	};
	const done = () => {
		setIds(new Set());
		reload();
	};
	return (
		<>
			{state === "due" && <Actions chosen={chosen} done={done} />}
			<section class="panel scroll" tabIndex={0} aria-label={t("rewards")}>
				<table class="table">
					<thead>
						<tr>
							{state === "due" && (
								<th>
									<input
										type="checkbox"
										aria-label={t("selectAll")}
										checked={chosen.length === rewards.length}
										onChange={(e) =>
											setIds(new Set(e.currentTarget.checked ? rewards.map((r) => r.id) : []))
										}
									/>
								</th>
							)}
							<th>{t("name")}</th>
							<th>{t("user")}</th>
							<th>{t("status")}</th>
							<th class="number">{t("worth")}</th>
							<th>{t("time")}</th>
							<th>{t("reason")}</th>
						</tr>
					</thead>
					<tbody>
						{rewards.map((r, index) => (
							<tr key={r.id}>
								{state === "due" && (
									<td>
										<input
											type="checkbox"
											aria-label={`${r.name}, ${r.first_name ?? r.user_id}`}
											checked={ids.has(r.id)}
											onClick={(e) => choose(index, e.currentTarget.checked, e.shiftKey)}
										/>
									</td>
								)}
								<td>
									<span class="cut">{r.name}</span>
								</td>
								<td>
									<a class="cut" href={href("users", r.user_code ?? r.user_id)}>
										{r.first_name || (r.user_code ?? number(r.user_id))}
									</a>
								</td>
								<td>
									<Status of={stateLook(r)} />
								</td>
								<td class="number">{worth(r)}</td>
								<td>
									<Moment at={r.issued_at ?? r.cancelled_at ?? r.due_at ?? r.created_at} />
								</td>
								<td>
									{r.clawback_at ? `${t("takeBack")} ${r.clawback_amount_display ?? ""}` : r.reason}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</section>
		</>
	);
}
