// Rewards: what is due, what was issued or cancelled, and the rules that create rewards.
import { useRef } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { RewardNotices } from "../reward/notices";
import { Failed, Skeleton } from "../ui/parts";
import { FilterSelect } from "../ui/select";
import { href, route } from "../route";
import { number, t } from "../words";
import { RewardList, type State } from "./reward-list";
import { RewardRules } from "./reward-rules";

const tabs = ["due", "issued", "cancelled", "rules"] as const;
export const metrics = ["amount", "commission", "coupon", "custom"] as const;
export type Metric = (typeof metrics)[number];

export const tabWords = { due: "due", issued: "issued", cancelled: "rewardCancelled", rules: "rules" } as const;
export const metricWords = {
	amount: "metricAmount",
	commission: "metricCommission",
	coupon: "metricCoupon",
	custom: "metricCustom",
} as const;

/** How many rewards of each kind are in this list, so that a reader of one kind sees that there are others. */
function countsOf(rules: Schemas["RewardRule"][], state: State): Record<Metric, number> {
	const counts = { amount: 0, commission: 0, coupon: 0, custom: 0 };
	for (const rule of rules) counts[rule.metric] += rule.rewards[state];
	return counts;
}

const loadRules = () => call(client.GET("/api/v2/reward-rules", { params: { query: { per_page: 250 } } }));

export function RewardsPage() {
	const { path, query } = route.value;
	const tab = tabs.find((one) => one === path[1]) ?? "due";
	const chosen = metrics.find((one) => one === query.get("metric"));
	const rules = useLoad("reward notices", loadRules, 5000, changes("rewards"));
	const counts = tab !== "rules" && rules.data && countsOf(rules.data.data, tab);
	/* Without a choice, a kind that has rewards here. It stays the same as long as it has some. */
	const shown = useRef<Metric>();
	if (counts && !(shown.current && counts[shown.current] > 0))
		shown.current = metrics.find((one) => counts[one] > 0) ?? shown.current ?? "amount";
	const metric = chosen ?? (counts ? shown.current : undefined);
	return (
		<>
			<div class="title">
				<h1>{t("rewards")}</h1>
			</div>
			{tab !== "rules" && <RewardNotices rules={rules.data?.data ?? []} />}
			<nav class="tabs" aria-label={t("rewards")}>
				{tabs.map((one) => (
					<a key={one} href={href("rewards", one, { metric: chosen })} aria-current={one === tab ? "page" : undefined}>
						{t(tabWords[one])}
					</a>
				))}
			</nav>
			{tab === "rules" ? (
				<RewardRules />
			) : (
				<>
					<div class="filters">
						<FilterSelect label={t("metric")} name="metric" every={false} chosen={metric}>
							{metrics.map((one) => (
								<option key={one} value={one}>
									{t(metricWords[one])}
									{counts && ` (${number(counts[one])})`}
								</option>
							))}
						</FilterSelect>
					</div>
					{tab === "due" && (
						<p class="muted">
							{t("rulesCreate")}{" "}
							<a class={rules.data?.data.length === 0 ? "button" : ""} href={href("rewards", "rules")}>
								{t(rules.data?.data.length === 0 ? "newRule" : "toRules")}
							</a>
						</p>
					)}
					{metric && <RewardList key={`${tab} ${metric}`} state={tab satisfies State} metric={metric} />}
					{!metric && !rules.problem && <Skeleton height={400} />}
					{!metric && rules.problem && <Failed problem={rules.problem} again={rules.reload} />}
				</>
			)}
		</>
	);
}
