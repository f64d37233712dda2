// The rewards of a person: due, issued, cancelled, with the reason beside the state.
import { call, client, type Schemas } from "../api";
import { useLoad } from "../query";
import { href } from "../route";
import { said } from "../said";
import { Failed, Moment, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { RewardActions } from "../user/reward-actions";
import { clawbackText, rewardLook, rewardValue } from "../user/reward";
import type { User } from "../user/link";
import { t } from "../words";

type Reward = Schemas["Reward"];

/** When the reward came into its state. */
function since(r: Reward): string | null {
	if (r.state === "issued") return r.clawback_at ?? r.issued_at;
	return r.state === "cancelled" ? r.cancelled_at : r.due_at;
}

function reasonOf(r: Reward): string {
	if (r.clawback_at) return clawbackText(r);
	if (r.in_review) return t("waitsForReview");
	return said(r.reason ?? "");
}

function Row({ reward, userId, changed }: { reward: Reward; userId: number; changed: () => void }) {
	const own = reward.cause_user_id === userId;
	return (
		<li class="reward-line">
			<div class="reward">
				<Status of={rewardLook(reward)} />
				<span class="grow wrap">
					{reward.name}: <strong>{rewardValue(reward)}</strong>
					{!own && (
						<>
							{" "}
							<a href={href("users", reward.cause_user_id)}>{t("becauseOfFriend")}</a>
						</>
					)}
					{reasonOf(reward) && <span class="meta block">{reasonOf(reward)}</span>}
				</span>
				<span class="meta"><Moment at={since(reward)} /></span>
			</div>
			<RewardActions reward={reward} changed={changed} />
		</li>
	);
}

export function UserRewards({ user, version }: { user: User; version: string }) {
	const { data, problem, reload } = useLoad(`rewards of ${user.id}?${version}`, () =>
		call(client.GET("/api/v2/rewards", { params: { query: { user_id: String(user.id), order: "-id", per_page: 50 } } })),
	);
	return (
		<section class="panel stack">
			<h2>{t("rewards")}</h2>
			{problem && <Failed problem={problem} again={reload} />}
			{!data && !problem && <Skeleton height={120} />}
			{data?.data.length === 0 && (
				<p class="muted">
					{t("noRewardYet")} <a href={href("rewards", "rules")}>{t("toRules")}</a>
				</p>
			)}
			{data && data.data.length > 0 && (
				<ul class="lines">
					{data.data.map((reward) => (
						<Row key={reward.id} reward={reward} userId={user.id} changed={reload} />
					))}
				</ul>
			)}
		</section>
	);
}
