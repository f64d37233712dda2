// Issuing or cancelling one due reward. Neither can be undone, so a panel states the effect first.
import { useState } from "preact/hooks";
import { type Problem, type Schemas, attempt, call, client } from "../api";
import { href } from "../route";
import { canWrite } from "../session";
import { Needs } from "../ui/needs";
import { Failed, say } from "../ui/parts";
import { t } from "../words";
import { sumText } from "./money";
import { AmountForm, amountWord, takesAmount } from "./set-amount";

type Reward = Schemas["Reward"];
type Action = "issue" | "cancel";

function run(action: Action, id: number): Promise<unknown> {
	const params = { path: { id: String(id) } };
	if (action === "issue") return call(client.POST("/api/v2/rewards/issue/{id}", { params }));
	return call(client.POST("/api/v2/rewards/cancel/{id}", { params, body: { reason: t("cancelledHere") } }));
}

interface Asked {
	action: Action;
	reward: Reward;
	close: () => void;
	changed: () => void;
}

function Ask({ action, reward, close, changed }: Asked) {
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem>();
	const agree = async () => {
		setBusy(true);
		const met = await attempt(() => run(action, reward.id));
		setBusy(false);
		setProblem(met);
		if (met) return;
		say(t(action === "issue" ? "rewardsIssued" : "rewardsCancelled", { n: 1 }));
		changed();
		close();
	};
	return (
		<div class="stack" role="alertdialog" aria-label={reward.name}>
			{problem && <Failed problem={problem} />}
			<div class="notice wait">
				<span class="grow">{t(action === "issue" ? "issueAsk" : "cancelAsk", { n: 1, sum: sumText([reward]) })}</span>
				<button type="button" class="primary" disabled={busy} onClick={() => void agree()} autofocus>
					{t(action === "issue" ? "issueN" : "cancelN", { n: 1 })}
				</button>
				<button type="button" disabled={busy} onClick={close}>{t("back")}</button>
			</div>
		</div>
	);
}

export function RewardActions({ reward, changed }: { reward: Reward; changed: () => void }) {
	const [asked, setAsked] = useState<Action | "amount">();
	if (reward.state !== "due") return null;
	if (asked === "amount") return <AmountForm reward={reward} close={() => setAsked(undefined)} changed={changed} />;
	if (asked) return <Ask action={asked} reward={reward} close={() => setAsked(undefined)} changed={changed} />;
	const off = !canWrite.value;
	return (
		<div class="row">
			{reward.can_be_issued && (
				<button type="button" disabled={off} onClick={() => setAsked("issue")} aria-label={`${t("issue")}: ${reward.name}`}>
					{t("issue")}
				</button>
			)}
			{takesAmount(reward) && (
				<button type="button" disabled={off} onClick={() => setAsked("amount")} aria-label={`${amountWord(reward)}: ${reward.name}`}>
					{amountWord(reward)}
				</button>
			)}
			{!reward.can_be_issued && reward.metric === "coupon" && !reward.in_review && (
				<a class="button" href={href("rewards", "rules", { upload: reward.rule_id })}>{t("uploadCodes")}</a>
			)}
			<button type="button" disabled={off} onClick={() => setAsked("cancel")} aria-label={`${t("cancelReward")}: ${reward.name}`}>
				{t("cancelReward")}
			</button>
			<Needs />
		</div>
	);
}
