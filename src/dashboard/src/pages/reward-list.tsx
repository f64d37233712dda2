// The rewards of one state and metric. Due rewards are issued or cancelled many at once: the button says how many, and
// what they come to.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Schemas, attempt, call, client } from "../api";
import { changes } from "../live";
import { href, route } from "../route";
import { said } from "../said";
import { canWrite } from "../session";
import type { LongList } from "../ui/long-list";
import { LongTable } from "../ui/long-table";
import { Needs } from "../ui/needs";
import { Moment, say } from "../ui/parts";
import { Status } from "../ui/status";
import { perPage } from "../ui/per-page";
import { Question } from "../ui/question";
import { useLongList } from "../ui/use-long-list";
import { sumOf, sumText } from "../user/money";
import { clawbackText, rewardLook, rewardName, rewardValue } from "../user/reward";
import { AmountDialog, amountWord, takesAmount } from "../user/set-amount";
import { number, t } from "../words";
import { type Metric, tabWords } from "./rewards";

type Reward = Schemas["Reward"];
export type State = "due" | "issued" | "cancelled";

function load(state: State, metric: Metric, cursor: number | undefined) {
	const { metric: _, cursor: __, ...filters } = Object.fromEntries(route.value.query);
	const query = { ...filters, order: "-id" as const, per_page: perPage(cursor), ...(cursor && { cursor }) };
	const params = { path: { metric }, query };
	if (state === "due") return call(client.GET("/api/v2/rewards/due/{metric}", { params }));
	if (state === "issued") return call(client.GET("/api/v2/rewards/issued/{metric}", { params }));
	return call(client.GET("/api/v2/rewards/cancelled/{metric}", { params }));
}

/** Asks once, with count and effect, and then runs through the rewards one after another. */
function Actions({ chosen, done, all }: { chosen: Reward[]; done: () => void; all: ComponentChildren }) {
	const [asked, setAsked] = useState<"issue" | "cancel">();
	const [busy, setBusy] = useState(false);
	const run = async (what: "issue" | "cancel") => {
		setBusy(true);
		const refused: string[] = [];
		for (const reward of chosen) {
			const params = { path: { id: String(reward.id) } };
			const work =
				what === "issue"
					? client.POST("/api/v2/rewards/issue/{id}", { params })
					: client.POST("/api/v2/rewards/cancel/{id}", { params, body: { reason: "cancelled in the dashboard" } });
			const problem = await attempt(() => call<unknown>(work));
			if (problem) refused.push(problem.message);
		}
		setBusy(false);
		setAsked(undefined);
		const worked = chosen.length - refused.length;
		const text = t(what === "issue" ? "rewardsIssued" : "rewardsCancelled", { n: worked });
		say(refused.length > 0 ? `${text} ${t("rewardsRefused", { n: refused.length })} ${refused[0]}` : text);
		done();
	};
	const n = chosen.length;
	const stay = asked === "issue" ? chosen.filter((r) => !r.can_be_issued).length : 0;
	if (asked)
		return (
			<Question label={t("rewards")} busy={busy} back={() => setAsked(undefined)}
				text={[t(asked === "issue" ? "issueAsk" : "cancelAsk", { n, sum: sumText(chosen) }), " ", stay > 0 && t("someStayDue", { n: stay })]}>
				<button type="button" class="primary" disabled={busy} onClick={() => run(asked)}>
					{t(asked === "issue" ? "issueN" : "cancelN", { n })}
				</button>
			</Question>
		);
	return (
		<div class="row">
			{all}
			<button
				type="button"
				class="primary"
				disabled={n === 0 || !canWrite.value}
				onClick={() => setAsked("issue")}
			>
				{n === 0 ? t("issueSelected") : t("issueN", { n })} {sumOf(chosen)}
			</button>
			<button type="button" disabled={n === 0 || !canWrite.value} onClick={() => setAsked("cancel")}>
				{n === 0 ? t("cancelSelected") : t("cancelN", { n })}
			</button>
			<Needs />
		</div>
	);
}

/** The rewards that the reader chose. They stay chosen while the list is scrolled, so they are kept with what they are worth. */
function useChosen(list: LongList<Reward>) {
	const [chosen, setChosen] = useState<ReadonlyMap<number, Reward>>(new Map());
	const last = useRef<number>();
	/* With Shift, everything between the last choice and this one. */
	const choose = async (index: number, on: boolean, range: boolean) => {
		const from = range && last.current !== undefined ? last.current : index;
		last.current = index;
		const rewards = await list.between(Math.min(from, index), Math.max(from, index));
		setChosen((before) => {
			const next = new Map(before);
			for (const r of rewards)
				if (on) next.set(r.id, r);
				else next.delete(r.id);
			return next;
		});
	};
	const chooseAll = async (on: boolean) =>
		setChosen(new Map(on ? (await list.between(0, list.count - 1)).map((r) => [r.id, r]) : []));
	return { chosen, choose, chooseAll, chooseNone: () => setChosen(new Map()) };
}

/** Several people have one name, so the code and the address are below it. */
function Recipient({ of: r }: { of: Reward }) {
	const known = [r.user_code, r.email].filter(Boolean).join(" · ");
	return (
		<>
			<a class="cut" href={href("users", r.user_code ?? r.user_id)} title={r.first_name ?? undefined}>
				{r.first_name || (r.user_code ?? number(r.user_id))}
			</a>
			{known && <span class="cut meta" title={known}>{known}</span>}
		</>
	);
}

interface ReasonProps {
	of: Reward;
	onAmount: (r: Reward) => void;
	onShown: () => void; // this reward has a reason or something to do
}

/** Why the reward is not an ordinary one of its list, with what can be done. */
function Reason({ of: r, onAmount, onShown }: ReasonProps) {
	const look = rewardLook(r);
	const text = r.clawback_at ? clawbackText(r) : r.in_review ? t("waitsForReview") : said(r.reason ?? "");
	const priceless = takesAmount(r) && !r.amount && canWrite.value;
	const shown = text !== "" || priceless;
	useLayoutEffect(() => void (shown && onShown()), [shown]);
	return (
		<div class="row tight">
			{look === "review" && <Status of={look} />}
			{look === "clawback" && <Status of={look} />}
			{text && <span class="grow">{text}</span>}
			{look === "review" && <a class="button small" href={href("users", "review")}>{t("review")}</a>}
			{priceless && (
				<button type="button" class="small" aria-label={`${amountWord(r)}: ${rewardName(r)}`} onClick={() => onAmount(r)}>
					{amountWord(r)}
				</button>
			)}
		</div>
	);
}

function Cells({ state, ...reason }: ReasonProps & { state: State }) {
	const { of: r } = reason;
	return (
		<>
			<td>
				<span class="cut" title={r.name}>{r.name}</span>
			</td>
			<td>
				<Recipient of={r} />
			</td>
			<td class="number">{rewardValue(r)}</td>
			<td data-label={t(tabWords[state])}>
				<Moment at={r.issued_at ?? r.cancelled_at ?? r.due_at ?? r.created_at} />
			</td>
			<td>
				<Reason {...reason} />
			</td>
		</>
	);
}

/** Has a reward of this list had a reason? A column that came stays, so that nothing moves while the reader scrolls. */
function useReasons(list: LongList<Reward>): [boolean, () => void] {
	const [of, setOf] = useState<number>();
	return [of === list.id, () => setOf(list.id)];
}

export function RewardList({ state, metric }: { state: State; metric: Metric }) {
	const list = useLongList<Reward>(
		`${state}/${metric}?${route.value.query}`, (cursor) => load(state, metric, cursor), 5000, changes("rewards"),
	);
	const [reasons, onReason] = useReasons(list);
	const { chosen, choose, chooseAll, chooseNone } = useChosen(list);
	const [priced, setPriced] = useState<Reward>();
	const done = () => {
		chooseNone();
		void list.restart();
	};
	const head = [
		<th>{t("name")}</th>, <th>{t("user")}</th>, <th class="number">{t("worth")}</th>, <th>{t(tabWords[state])}</th>,
		<th>{t("reason")}</th>,
	];
	const all = (label: string | undefined) => (
		<input
			type="checkbox"
			aria-label={label}
			checked={chosen.size > 0 && chosen.size === list.count}
			onChange={(e) => void chooseAll(e.currentTarget.checked)}
		/>
	);
	if (state === "due") head.unshift(<th>{all(t("selectAll"))}</th>);
	/* A phone shows no head of the table. */
	const allOnPhones = (
		<label class="check only-phone">
			{all(undefined)} {t("selectAll")}
		</label>
	);
	return (
		<>
			{state === "due" && list.count > 0 && <Actions chosen={[...chosen.values()]} done={done} all={allOnPhones} />}
			<LongTable
				list={list}
				name={`rewards ${state} ${reasons ? "" : "no-reasons"}`}
				label={t("rewards")}
				head={head}
				cells={(r, index) => (
					<>
						{state === "due" && (
							<td>
								<input
									type="checkbox"
									aria-label={rewardName(r)}
									checked={chosen.has(r.id)}
									onClick={(e) => void choose(index, e.currentTarget.checked, e.shiftKey)}
								/>
							</td>
						)}
						<Cells of={r} state={state} onAmount={setPriced} onShown={onReason} />
					</>
				)}
				empty={t(state === "due" ? "nothingDue" : "noRewards")}
			/>
			{priced && <AmountDialog reward={priced} close={() => setPriced(undefined)} changed={done} />}
		</>
	);
}
