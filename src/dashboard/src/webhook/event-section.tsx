// The choice of the events that the webhook receives.
import { useState } from "preact/hooks";
import type { Words } from "../words/en";
import { t } from "../words";
import type { Draft, EventName } from "./draft";
import { MEMBER_EVENTS } from "./fields";
import { Check, FieldProblem } from "./section";

type Choice = readonly [EventName, keyof Words];

const USUAL: readonly Choice[] = [
	["user.join", "onJoin"],
	["user.qualified", "onQualified"],
	["reward.due", "onRewardDue"],
	["reward.issued", "onRewardIssued"],
];
/** These events are folded away, so that the first screen has room for the endpoint. */
const OTHER: readonly Choice[] = [
	["user.unqualified", "onUnqualified"],
	["user.updated", "onUpdated"],
	["user.unsubscribed", "onUnsubscribed"],
	["user.erased", "onErased"],
	["user.flagged", "onFlagged"],
	["user.reviewed", "onReviewed"],
	["user.link_requested", "onLinkRequested"],
	["reward.cancelled", "onRewardCancelled"],
	["webhook.disabled", "onWebhookDisabled"],
	["delivery.exhausted", "onDeliveryExhausted"],
];

export function EventSection({ draft, change }: { draft: Draft; change: (to: Partial<Draft>) => void }) {
	const choose = (event: EventName, on: boolean) => {
		const events = [...USUAL, ...OTHER].map(([e]) => e).filter((e) => (e === event ? on : draft.events.includes(e)));
		// Most rewards are for the referrer, and the events about members concern anybody: both types of users.
		const both = on && (event.startsWith("reward.") || MEMBER_EVENTS.includes(event));
		change({ events, ...(both && { types: ["person_invited", "person_referring"] }) });
	};
	const checks = (choices: readonly Choice[]) =>
		choices.map(([event, hint]) => (
			<Check
				key={event}
				checked={draft.events.includes(event)}
				onChange={(on) => choose(event, on)}
				label={event}
				hint={t(hint)}
				mono
			/>
		));
	const [open] = useState(() => OTHER.some(([event]) => draft.events.includes(event)));
	return (
		<fieldset class="bare">
			<legend class="hidden-text">{t("stepEvent")}</legend>
			<div class="choices">{checks(USUAL)}</div>
			<details open={open}>
				<summary>{t("otherEvents")}</summary>
				<div class="choices">{checks(OTHER)}</div>
			</details>
			{draft.events.length === 0 && <FieldProblem>{t("chooseEvent")}</FieldProblem>}
		</fieldset>
	);
}
