// Qualifying and refunding: an order and its amount, and then the rewards that changed.
import { useState } from "preact/hooks";
import { type Problem, type Schemas, attempt, call, client } from "../api";
import { useOnce } from "../ui/act";
import { Field, otherProblem, problemOf } from "../ui/field";
import { Failed } from "../ui/parts";
import { Status } from "../ui/status";
import { type User, nameOf } from "../user/link";
import { clawbackText, rewardLook, rewardValue } from "../user/reward";
import { t } from "../words";

type Outcome = Omit<Schemas["Qualification"], "data">;

export type OrderKind = "qualify" | "refund";
const MEMBERS = ["order_id", "amount", "currency", "refund_amount"];

function bodyOf(kind: OrderKind, user: User, order: string, amount: string, currency: string) {
	const given = (name: string, value: string) => (value.trim() === "" ? {} : { [name]: value.trim() });
	return {
		id: user.id,
		qualified: kind === "qualify",
		...given("order_id", order),
		...given(kind === "qualify" ? "amount" : "refund_amount", amount.replace(",", ".")),
		...given("currency", currency.toUpperCase()),
	};
}

function ChangedRewards({ kind, outcome, user, close }: { kind: OrderKind; outcome: Outcome; user: User; close: () => void }) {
	const said = kind === "qualify" ? (outcome.changed ? "isQualified" : "orderAdded") : outcome.changed ? "isUnqualified" : "orderRefunded";
	return (
		<section class="panel stack" role="status">
			<h2>{t(said, { name: nameOf(user) })}</h2>
			{outcome.rewards.length === 0 && <p>{t("noRewardChanged")}</p>}
			{outcome.rewards.length > 0 && (
				<ul class="lines">
					{outcome.rewards.map((r) => (
						<li key={r.id} class="row">
							<Status of={rewardLook(r)} />
							<span class="grow wrap">
								{r.name}: {rewardValue(r)} {t(r.user_id === user.id ? "forFriend" : "forReferrer", { name: nameOf(user) })}
							</span>
							{r.clawback_at && <span>{clawbackText(r)}</span>}
						</li>
					))}
				</ul>
			)}
			<div class="row">
				<button type="button" onClick={close}>{t("close")}</button>
			</div>
		</section>
	);
}

interface Props {
	kind: OrderKind;
	user: User;
	done: () => void;
	changed: () => void;
}

export function OrderPanel({ kind, user, done, changed }: Props) {
	const [order, setOrder] = useState("");
	const [amount, setAmount] = useState("");
	const [currency, setCurrency] = useState("");
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem>();
	const [outcome, setOutcome] = useState<Outcome>();
	const once = useOnce();
	const refund = kind === "refund";
	const other = otherProblem(problem, MEMBERS);

	const send = async (event?: Event) => {
		event?.preventDefault();
		if (busy) return;
		setBusy(true);
		setProblem(undefined);
		const refused = await attempt(async () => {
			const body = bodyOf(kind, user, order, amount, currency);
			setOutcome(await once(body, (header) => call(client.PUT("/api/v2/users/qualification", { params: { header }, body }))));
			changed();
		});
		setProblem(refused);
		setBusy(false);
	};
	if (outcome) return <ChangedRewards kind={kind} outcome={outcome} user={user} close={done} />;
	return (
		<form class="panel stack" onSubmit={send} noValidate>
			<h2>{t(refund ? "refund" : user.qualified ? "addOrder" : "qualify")}</h2>
			<p>{t(refund ? "refundHelp" : "qualifyHelp", { name: nameOf(user) })}</p>
			<div class="fields">
				<Field id="order-id" label={t("orderNumber")} value={order} change={setOrder} autofocus maxLength={200}
					problem={problemOf(problem, "order_id")} help={t(refund ? "allOrders" : "optional")} />
				<Field id="order-amount" label={t(refund ? "refundedSoFar" : "amount")} value={amount} change={setAmount}
					inputMode="decimal" problem={problemOf(problem, refund ? "refund_amount" : "amount")}
					help={t(refund ? "wholeOrder" : "forCommissions")} />
				<Field id="order-currency" label={t("currency")} value={currency} change={setCurrency} maxLength={3}
					problem={problemOf(problem, "currency")} help={t("currencyHelp")} />
			</div>
			{other && <Failed problem={other} again={other.status === 0 ? () => void send() : undefined} />}
			<div class="row">
				<button type="submit" class="primary" aria-busy={busy}>
					{t(refund ? "refund" : user.qualified ? "addOrder" : "qualify")}
				</button>
				<button type="button" onClick={done}>{t("cancel")}</button>
			</div>
		</form>
	);
}
