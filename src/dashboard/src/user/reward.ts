// A reward in words: what it is worth, and its state.
import type { Schemas } from "../api";
import type { Look } from "../ui/status";
import { money, t } from "../words";

type Worth = Pick<Schemas["ChangedReward"], "metric" | "state" | "amount" | "amount_display" | "currency" | "coupon">;

/** What a person gets: an amount, a coupon, or the name of something else. A reward that ended without it has a dash. */
export function rewardValue(r: Worth): string {
	const missing = (word: "noCouponYet" | "noAmountYet") => (r.state === "due" ? t(word) : "–");
	if (r.metric === "coupon") return r.coupon ?? missing("noCouponYet");
	if (r.amount && r.amount_display) return money(r.amount_display, r.currency);
	return r.metric === "custom" ? t("gift") : missing("noAmountYet");
}

/** "Ten euros, Jessica": names one reward among others. */
export function rewardName(r: Pick<Schemas["Reward"], "name" | "first_name" | "user_code">): string {
	return [r.name, r.first_name, r.user_code].filter(Boolean).join(", ");
}

export function rewardLook(r: { state: Schemas["RewardState"]; in_review?: boolean; clawback_at: string | null }): Look {
	if (r.state === "issued") return r.clawback_at ? "clawback" : "issued";
	if (r.state === "cancelled") return "rewardCancelled";
	return r.in_review ? "review" : "due";
}

export function clawbackText(r: Pick<Schemas["ChangedReward"], "clawback_amount_display" | "currency">): string {
	if (r.clawback_amount_display === null) return t("takeBack");
	return t("takeBackValue", { value: money(r.clawback_amount_display, r.currency) });
}
