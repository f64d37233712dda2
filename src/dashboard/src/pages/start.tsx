// The first run: six steps that end with an event that the operator's own system has got.
import { CircleCheck } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { href } from "../route";
import { type Facts, useFacts } from "../start/facts";
import { STEPS } from "../start/steps";
import { act } from "../ui/act";
import { DeliveryTable } from "../ui/delivery-table";
import { Copy, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { t } from "../words";

const EXAMPLES = ["byron@example.com", "jessica@example.com"];

function Arrived({ facts }: { facts: Facts }) {
	const { arrived, campaign, friend, webhook } = facts;
	if (!arrived || !campaign) return null;
	const remove = async () => {
		await act(async () => {
			for (const email of EXAMPLES) {
				const params = { path: { id: email }, query: { campaign_id: campaign.id } };
				await call(client.DELETE("/api/v2/users/{id}", { params }));
			}
			return t("startRemoved");
		});
		facts.reload();
	};
	return (
		<section class="notice ok" role="status">
			<span class="grow">
				<strong>{t("startDone")}</strong>{" "}
				{t("startArrived", { event: arrived.event, url: webhook?.url ?? "", status: String(arrived.last_status) })}
			</span>
			<a class="button" href={href("deliveries", arrived.id)}>
				{t("startSee")}
			</a>
			{friend && EXAMPLES.includes(friend.email) && (
				<button type="button" onClick={() => void remove()}>
					{t("startRemove")}
				</button>
			)}
			<a class="button primary" href={href("campaigns", campaign.id)}>
				{t("startContinue")}
			</a>
		</section>
	);
}

/** The first control of the next step gets the focus, unless the reader works elsewhere on the page. */
function useNextStep(next: number) {
	const list = useRef<HTMLOListElement>(null);
	useEffect(() => {
		const focused = document.activeElement;
		if (focused && focused !== document.body && focused.tagName !== "H1") return;
		list.current?.querySelector<HTMLElement>("[aria-current] :is(input, .primary)")?.focus({ preventScroll: true });
	}, [next]);
	return list;
}

/** What a step that is done leaves to use: the campaign with its status, and the link. */
function Result({ step, campaign }: { step: number; campaign: Schemas["Campaign"] | undefined }) {
	if (!campaign) return null;
	if (STEPS[step]?.[0] === "startName")
		return (
			<div class="row">
				<a class="cut" href={href("campaigns", campaign.id)} title={campaign.name}>
					{campaign.name}
				</a>
				<Status of={campaign.status} />
			</div>
		);
	if (STEPS[step]?.[0] !== "startLink") return null;
	return (
		<div class="row">
			<a class="mono wrap" href={campaign.url} target="_blank" rel="noreferrer">
				{campaign.url}
			</a>
			<Copy text={campaign.url} />
		</div>
	);
}

function StepList({ facts }: { facts: Facts }) {
	const next = facts.done.indexOf(false);
	const list = useNextStep(next);
	return (
		<ol class="first-steps" ref={list}>
			{STEPS.map(([word, Step], i) => (
				<li key={word} class="panel stack" aria-current={i === next ? "step" : undefined}>
					<h2>
						<span class={facts.done[i] ? "first-mark done" : "first-mark"}>
							{facts.done[i] ? <CircleCheck size={20} aria-hidden /> : i + 1}
						</span>
						{t(word)}
						{facts.done[i] && <span class="meta"> {t("firstDone")}</span>}
					</h2>
					{i === next && <Step facts={facts} />}
					{facts.done[i] && <Result step={i} campaign={facts.campaign} />}
				</li>
			))}
		</ol>
	);
}

export function StartPage() {
	const facts = useFacts();
	const count = facts.done.filter(Boolean).length;
	return (
		<>
			<div class="title">
				<h1>{t("startTitle")}</h1>
				<span class="muted">{t("startCount", { done: String(count) })}</span>
			</div>
			{facts.ready ? (
				<>
					<Arrived facts={facts} />
					<StepList facts={facts} />
				</>
			) : (
				<Skeleton height={400} />
			)}
			{facts.deliveries.length > 0 && (
				<section class="panel stack scroll" tabIndex={0} aria-label={t("latestDeliveries")}>
					<h2>{t("latestDeliveries")}</h2>
					<DeliveryTable deliveries={facts.deliveries.slice(0, 10)} />
				</section>
			)}
		</>
	);
}
