// A reward in words: what it is worth, and its state.
import type { Schemas } from "../api";
import type { Look } from "../ui/parts";
import { t } from "../words";

type Worth = Pick<Schemas["ChangedReward"], "metric" | "amount_display" | "currency" | "coupon" | "name">;

export function rewardValue(r: Worth): string {
	if (r.metric === "coupon") return r.coupon ?? t("noCouponYet");
	if (r.amount_display !== null) return `${r.currency ?? ""} ${r.amount_display}`.trim();
	return r.metric === "custom" ? t("gift") : t("noAmountYet");
}

export function rewardLook(r: { state: Schemas["RewardState"]; in_review?: boolean; clawback_at: string | null }): Look {
	if (r.state === "issued") return r.clawback_at ? "clawback" : "issued";
	if (r.state === "cancelled") return "rewardCancelled";
	return r.in_review ? "review" : "due";
}

export function clawbackText(r: Pick<Schemas["ChangedReward"], "clawback_amount_display" | "currency">): string {
	return t("takeBackValue", { value: `${r.currency ?? ""} ${r.clawback_amount_display ?? ""}`.trim() });
}
