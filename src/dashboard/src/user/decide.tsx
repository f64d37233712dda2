// The decision about a suspicious person: the reasons in words, what waits, accept or reject.
import { call, client } from "../api";
import { useLoad } from "../query";
import { canWrite } from "../session";
import { act } from "../ui/act";
import type { Words } from "../words/en";
import { Needs } from "../ui/needs";
import { t } from "../words";
import { type User, nameOf } from "./link";
import { rewardValue } from "./reward";

const reasons = {
	same_address: "flagSameAddress",
	same_mailbox: "flagSameMailbox",
	plus_address: "flagPlus",
	disposable: "flagDisposable",
	many_joins: "flagManyJoins",
	link_in_name: "flagLink",
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

export function Decide({ user, decided }: { user: User; decided: () => void }) {
	const { data: waiting } = useLoad(`waiting for ${user.id}`, () => waitingFor(user));
	const decide = async (decision: "accept" | "reject") => {
		const ok = await act(async () => {
			const path = { id: String(user.id) };
			await call(client.POST("/api/v2/users/{id}/review", { params: { path }, body: { decision } }));
			return t(decision === "accept" ? "isAccepted" : "isRejected", { name: nameOf(user) });
		});
		if (ok) decided();
	};
	return (
		<div class="stack">
			{waiting && (
				<p>
					{waiting.length === 0
						? t("nothingWaits")
						: t("rewardsWait", { n: waiting.length, list: waiting.map((r) => `${r.name} (${rewardValue(r)})`).join(", ") })}
				</p>
			)}
			<div class="row">
				<button type="button" disabled={!canWrite.value} onClick={() => decide("accept")}>{t("accept")}</button>
				<button type="button" disabled={!canWrite.value} onClick={() => decide("reject")}>{t("reject")}</button>
				<Needs />
			</div>
		</div>
	);
}
