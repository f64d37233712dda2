// Setting the amount of a due reward. It can be changed again until the reward is issued.
import { useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { act, useSubmit } from "../ui/act";
import { Dialog } from "../ui/dialog";
import { Field, otherProblem, problemOf } from "../ui/field";
import { Failed, say } from "../ui/parts";
import { money, t } from "../words";
import { amountTyped } from "./money";
import { rewardName } from "./reward";

type Reward = Schemas["Reward"];

/** An amount in a currency, which only a due reward may get. */
export const takesAmount = (r: Reward) => r.state === "due" && (r.metric === "amount" || r.metric === "commission");

/** "Set the amount", or "Change the amount". */
export const amountWord = (r: Reward) => t(r.amount ? "changeAmount" : "setAmount");

async function put(r: Reward, amount: number): Promise<Reward> {
	const params = { path: { id: String(r.id) } };
	return (await call(client.PUT("/api/v2/rewards/{id}", { params, body: { amount } }))).data;
}

interface Props {
	reward: Reward;
	close: () => void;
	changed: () => void;
}

export function AmountForm({ reward: r, close, changed }: Props) {
	const [typed, setTyped] = useState("");
	const [wrong, setWrong] = useState(false);
	const { submit, busy, problem, again } = useSubmit(async () => {
		const amount = amountTyped(typed, r);
		setWrong(!amount);
		if (!amount) return;
		const { amount_display, currency } = await put(r, amount);
		const before = r.amount;
		const back = async () => {
			await act(async () => void (await put(r, before ?? 0)));
			changed();
		};
		/* The server takes no amount back; another one can be set. */
		say(t("amountIsSet", { name: rewardName(r), value: money(amount_display ?? "", currency) }), before ? () => void back() : undefined);
		changed();
		close();
	});
	const other = otherProblem(problem, ["amount"]);
	return (
		<form class="stack amount-form" onSubmit={submit} noValidate aria-label={`${amountWord(r)}: ${rewardName(r)}`}>
			<Field id={`amount-${r.id}`} label={t("amountIn", { currency: r.currency ?? "" })} value={typed} change={setTyped} inputMode="decimal"
				autofocus help={t("amountHelp")} problem={wrong ? t("writeAmount") : problemOf(problem, "amount")} />
			{other && <Failed problem={other} again={again} />}
			<div class="row">
				<button type="submit" class="primary" aria-busy={busy}>{amountWord(r)}</button>
				<button type="button" onClick={close}>{t("back")}</button>
			</div>
		</form>
	);
}

/** The form over a list, which has no room for it. */
export function AmountDialog(props: Props) {
	const { reward: r } = props;
	const who = [r.first_name, r.user_code, r.email].filter(Boolean).join(" · ");
	return (
		<Dialog label={amountWord(r)} kind="amount" close={props.close}>
			<h2>{amountWord(r)}</h2>
			<p class="wrap">
				<strong>{r.name}</strong>
				<span class="meta block">{who}</span>
			</p>
			<AmountForm {...props} />
		</Dialog>
	);
}
