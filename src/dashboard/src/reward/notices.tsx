// The rewards that need the operator: empty coupon pools, and issued rewards that are to be taken back.
import type { Schemas } from "../api";
import { href } from "../route";
import { brief, t } from "../words";

type Rule = Schemas["RewardRule"];

const waits = (r: Rule) => r.coupons?.left === 0 && r.rewards.due > 0;

export function RewardNotices({ rules }: { rules: Rule[] }) {
	return (
		<div class="notices">
			{rules.filter(waits).map((r) => (
				<div key={r.id} class="notice wait">
					<span class="grow wrap">{t("poolOf", { name: brief(r.name), n: r.rewards.due })}</span>
					<a class="button" href={href("rewards", "rules", { upload: r.id })}>{t("uploadCodes")}</a>
				</div>
			))}
			{rules.filter((r) => r.rewards.clawbacks > 0).map((r) => (
				<div key={`back ${r.id}`} class="notice hold">
					<span class="grow wrap">{brief(r.name)}: {t("takeBackWaits", { n: r.rewards.clawbacks })}</span>
					<a class="button" href={href("rewards", "issued", { metric: r.metric, rule_id: r.id })}>{t("showIssued")}</a>
				</div>
			))}
		</div>
	);
}
