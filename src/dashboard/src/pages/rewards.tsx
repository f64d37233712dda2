// Rewards: what is due, what was issued or cancelled, and the rules that create rewards.
import { RewardNotices } from "../reward/notices";
import { FilterSelect } from "../ui/select";
import { href, route } from "../route";
import { t } from "../words";
import { RewardList, type State } from "./reward-list";
import { RewardRules } from "./reward-rules";

const tabs = ["due", "issued", "cancelled", "rules"] as const;
export const metrics = ["amount", "commission", "coupon", "custom"] as const;
export type Metric = (typeof metrics)[number];

const tabWords = { due: "due", issued: "issued", cancelled: "cancelled", rules: "rules" } as const;
export const metricWords = {
	amount: "metricAmount",
	commission: "metricCommission",
	coupon: "metricCoupon",
	custom: "metricCustom",
} as const;

export function RewardsPage() {
	const { path, query } = route.value;
	const tab = tabs.find((one) => one === path[1]) ?? "due";
	const metric = metrics.find((one) => one === query.get("metric")) ?? "amount";
	return (
		<>
			<div class="title">
				<h1>{t("rewards")}</h1>
			</div>
			{tab !== "rules" && <RewardNotices />}
			<nav class="tabs" aria-label={t("rewards")}>
				{tabs.map((one) => (
					<a key={one} href={href("rewards", one, { metric })} aria-current={one === tab ? "page" : undefined}>
						{t(tabWords[one])}
					</a>
				))}
			</nav>
			{tab === "rules" ? (
				<RewardRules />
			) : (
				<>
					<div class="filters">
						<FilterSelect label={t("metric")} name="metric" every={false}>
							{metrics.map((one) => (
								<option key={one} value={one}>
									{t(metricWords[one])}
								</option>
							))}
						</FilterSelect>
					</div>
					{tab === "due" && (
						<p class="muted">
							{t("rulesCreate")} <a href={href("rewards", "rules")}>{t("toRules")}</a>
						</p>
					)}
					<RewardList key={`${tab} ${metric}`} state={tab satisfies State} metric={metric} />
				</>
			)}
		</>
	);
}
