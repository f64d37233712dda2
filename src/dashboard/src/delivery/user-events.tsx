// The events of a user. For each webhook: its delivery, or why it got nothing, with the way to change that.
import { Ban } from "lucide-preact";
import { useState } from "preact/hooks";
import { call, client, type Schemas } from "../api";
import { useLoad } from "../query";
import { href } from "../route";
import { lookOf, outcomeOf } from "../ui/delivery-table";
import { Empty, Failed, Moment, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { said } from "../said";
import { useFailures } from "../webhook/known";
import type { SectionName } from "../webhook/section";
import { pending } from "./headline";
import { moment, t } from "../words";

type UserEvent = Schemas["UserEvent"];
type Outcome = Schemas["UserEventWebhook"];
type Delivery = Schemas["Delivery"];

const SECTION_OF: Record<string, SectionName | undefined> = { events: "event", types: "who", sources: "who", campaign: "event" };

function reasonOf(event: UserEvent, { excluded_by }: Outcome): string {
	switch (excluded_by) {
		case "events":
			return t("wantsOtherEvents", { event: event.event });
		case "types":
			return t("wantsOtherTypes", { type: event.type ?? "" });
		case "sources":
			return t("wantsOtherSources", { source: event.source ?? "" });
		case "rule":
			return t("wantsOtherRule");
		case "before":
			return t("madeLater");
		case "missing":
			return t("noDeliveryLeft");
		default:
			return t("notForIt");
	}
}

/** What happened to the delivery, or why it waits. */
function deliveryText(d: Delivery): string {
	if (d.status === "held") return t("isHeldShort");
	if (d.status === "pending") return pending(d).text;
	return d.status === "cancelled" ? said(d.reason ?? "") : outcomeOf(d);
}

function OutcomeLine({ event, outcome }: { event: UserEvent; outcome: Outcome }) {
	const { delivery, name, webhook_id } = outcome;
	return (
		<li class="outcome-line">
			<a class="cut outcome-name" href={href("webhooks", webhook_id)} title={name}>
				{name}
			</a>
			{delivery ? (
				<>
					<Status of={lookOf(delivery)} />
					<span class="outcome-text">{deliveryText(delivery)}</span>
					<a class="outcome-next" href={href("deliveries", delivery.id)} aria-label={`${t("open")}: ${name}`}>
						{t("open")}
					</a>
				</>
			) : (
				<>
					<span class="status mute">
						<Ban size={14} aria-hidden />
						{t("notSent")}
					</span>
					<span class="outcome-text">{reasonOf(event, outcome)}</span>
					<a class="outcome-next" href={href("webhooks", webhook_id, "settings", { at: SECTION_OF[outcome.excluded_by ?? ""] })} aria-label={`${t("change")}: ${name}`}>
						{t("change")}
					</a>
				</>
			)}
		</li>
	);
}

/** The webhooks that want other events, in one line: nothing went wrong there, so they do not hide what did. */
function Uninterested({ event, outcomes }: { event: UserEvent; outcomes: Outcome[] }) {
	if (outcomes.length === 0) return null;
	return (
		<details>
			<summary class="muted">{t("notWantedBy", { n: outcomes.length, event: event.event })}</summary>
			<ul class="plain-list">
				{outcomes.map((outcome) => (
					<OutcomeLine key={outcome.webhook_id} event={event} outcome={outcome} />
				))}
			</ul>
		</details>
	);
}

const wantedBy = (event: UserEvent) => event.webhooks.filter((w) => w.excluded_by !== "events");
const othersOf = (event: UserEvent) => event.webhooks.filter((w) => w.excluded_by === "events");

/** Would the two events have equal lines? */
function alike(a: UserEvent, b: UserEvent): boolean {
	const plain = (e: UserEvent) => e.webhooks.length > 0 && wantedBy(e).length === 0 && !e.test;
	return a.event === b.event && a.webhooks.length === b.webhooks.length && plain(a) && plain(b);
}

/** Equal neighbours share a line, with the newest first. */
function linesOf(events: UserEvent[]): UserEvent[][] {
	const lines: UserEvent[][] = [];
	for (const event of events) {
		const last = lines.at(-1);
		if (last?.[0] && alike(last[0], event)) last.push(event);
		else lines.push([event]);
	}
	return lines;
}

function EventItem({ event, first, n }: { event: UserEvent; first: UserEvent; n: number }) {
	const wanted = wantedBy(event);
	const others = othersOf(event);
	return (
		<li class={wanted.length > 0 ? "stack tight" : "row event-line"}>
			<div class="row">
				<Moment at={event.at} />
				<strong>{event.event}</strong>
				{n > 1 && <span class="muted">{moment(first.at) === moment(event.at) ? t("times", { n }) : t("timesSince", { n, time: moment(first.at) })}</span>}
				{event.test && <span class="muted">{t("testEvent")}</span>}
			</div>
			{event.webhooks.length === 0 && <p class="muted">{t("noWebhookThen")}</p>}
			<ul class="plain-list" hidden={wanted.length === 0}>
				{wanted.map((outcome) => (
					<OutcomeLine key={outcome.webhook_id} event={event} outcome={outcome} />
				))}
			</ul>
			<Uninterested event={event} outcomes={others} />
		</li>
	);
}

/** The events of the user with this id, and links to older ones. */
export function UserEvents({ userId }: { userId: number }) {
	const [cursor, setCursor] = useState<number>();
	const query = { user_id: String(userId), ...(cursor ? { cursor } : {}) };
	const list = useLoad(
		`events of ${userId}?${cursor ?? ""}`,
		() => call(client.GET("/api/v2/events", { params: { query } })),
		5000,
		(change) => change.deliveries.some((d) => d.user_id === userId) || change.changed.includes("webhooks"),
	);
	const waits = list.data?.data.some((event) => event.webhooks.some(({ delivery: d }) => d?.status === "pending"));
	useFailures(waits);
	const next = list.data?.links.next;
	return (
		<section class="panel stack" aria-labelledby="events-title">
			<h2 id="events-title">{t("eventsAndDeliveries")}</h2>
			{list.problem && <Failed problem={list.problem} again={list.reload} />}
			{!list.data && !list.problem && <Skeleton height={96} />}
			{list.data?.data.length === 0 && <Empty>{t("noEvents")}</Empty>}
			<ol class="plain-list stack">
				{linesOf(list.data?.data ?? []).map((line) => {
					const event = line[0], first = line.at(-1);
					return event && first && <EventItem key={event.id} event={event} first={first} n={line.length} />;
				})}
			</ol>
			{next && (
				<div class="row">
					<button type="button" onClick={() => setCursor(Number(new URL(next).searchParams.get("cursor")))}>
						{t("olderEvents")}
					</button>
				</div>
			)}
		</section>
	);
}
