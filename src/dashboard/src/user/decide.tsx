// The decision about a suspicious person: the reasons in words, what waits, accept or reject.
import { useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { useLoad } from "../query";
import { canWrite } from "../session";
import { act } from "../ui/act";
import { takeFocus } from "../ui/field";
import type { Words } from "../words/en";
import { Needs } from "../ui/needs";
import { Failed } from "../ui/parts";
import { Question } from "../ui/question";
import { t } from "../words";
import { type User, nameOf } from "./link";
import { sumText } from "./money";
import { rewardValue } from "./reward";

const reasons = {
	same_address: "flagSameAddress",
	same_mailbox: "flagSameMailbox",
	plus_address: "flagPlus",
	disposable: "flagDisposable",
	many_joins: "flagManyJoins",
	link_in_name: "flagLink",
	robot: "flagRobot",
} as const satisfies Record<User["review"]["flags"][number], keyof Words>;

/** Why referd flagged the person, a sentence each. */
export function Reasons({ user }: { user: User }) {
	return (
		<ul class="reasons">
			{user.review.flags.map((flag) => (
				<li key={flag}>{t(reasons[flag])}</li>
			))}
		</ul>
	);
}

/** The rewards that wait for the decision: of the person and of the referrer. */
async function waitingFor(user: User) {
	const ids = user.referrer_id === null ? [user.id] : [user.id, user.referrer_id];
	const lists = await Promise.all(
		ids.map((id) =>
			call(client.GET("/api/v2/rewards", { params: { query: { user_id: String(id), state: "due", order: "-id", per_page: 250 } } })),
		),
	);
	return lists.flatMap((list) => list.data).filter((r) => r.in_review && r.cause_user_id === user.id);
}

type Decision = "accept" | "reject";

/** "Accept Susi? This releases 2 rewards (EUR 20.00)." */
function askText(decision: Decision, user: User, waiting: Schemas["Reward"][]): string {
	const name = nameOf(user);
	const n = waiting.length;
	const about = { n, sum: sumText(waiting) };
	if (decision === "accept") return `${t("acceptAsk", { name })} ${n > 0 ? t("acceptEffect", about) : t("noRewardWaits")}`;
	return `${t("rejectAsk", { name })} ${n > 0 ? t("rejectEffect", about) : t("noRewardWaits")}`;
}

export function Decide({ user, decided }: { user: User; decided: () => void }) {
	const { data: waiting, problem, reload } = useLoad(`waiting for ${user.id}`, () => waitingFor(user));
	const [asked, setAsked] = useState<Decision>();
	const [busy, setBusy] = useState(false);
	const decide = async (decision: Decision) => {
		setBusy(true);
		const ok = await act(async () => {
			const path = { id: String(user.id) };
			await call(client.POST("/api/v2/users/{id}/review", { params: { path }, body: { decision } }));
			return t(decision === "accept" ? "isAccepted" : "isRejected", { name: nameOf(user) });
		});
		setBusy(false);
		if (!ok) return;
		setAsked(undefined);
		decided();
	};
	if (asked)
		return (
			<Question label={`${t(asked)}: ${nameOf(user)}`} text={askText(asked, user, waiting ?? [])} busy={busy}
				back={() => setAsked(undefined)}>
				<button type="button" class="primary" disabled={busy} ref={takeFocus} onClick={() => void decide(asked)}>{t(asked)}</button>
			</Question>
		);
	return (
		<div class="stack">
			{problem && <Failed problem={problem} again={reload} />}
			{waiting && (
				<p>
					{waiting.length === 0
						? t("nothingWaits")
						: t("rewardsWait", { n: waiting.length, list: waiting.map((r) => `${r.name} (${rewardValue(r)})`).join(", ") })}
				</p>
			)}
			<div class="row spaced">
				<button type="button" disabled={!canWrite.value || !waiting} onClick={() => setAsked("accept")}>{t("accept")}</button>
				<button type="button" class="warns" disabled={!canWrite.value || !waiting} onClick={() => setAsked("reject")}>{t("reject")}</button>
				<Needs />
			</div>
		</div>
	);
}
