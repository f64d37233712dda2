// The choice of the events that the webhook receives.
import type { Words } from "../words/en";
import { t } from "../words";
import type { Draft, EventName } from "./draft";
import { Check, FieldProblem } from "./section";

const EVENTS = [
	["user.join", "onJoin"],
	["user.qualified", "onQualified"],
	["user.unqualified", "onUnqualified"],
	["user.link_requested", "onLinkRequested"],
	["reward.due", "onRewardDue"],
	["reward.issued", "onRewardIssued"],
	["reward.cancelled", "onRewardCancelled"],
	["webhook.disabled", "onWebhookDisabled"],
	["delivery.exhausted", "onDeliveryExhausted"],
] as const satisfies readonly (readonly [EventName, keyof Words])[];

export function EventSection({ draft, change }: { draft: Draft; change: (to: Partial<Draft>) => void }) {
	const choose = (event: EventName, on: boolean) => {
		const events = EVENTS.map(([e]) => e).filter((e) => (e === event ? on : draft.events.includes(e)));
		// Most rewards are for the referrer, and anybody may lose their page: such a webhook takes both types of users.
		const both = on && (event.startsWith("reward.") || event === "user.link_requested");
		change({ events, ...(both && { types: ["person_invited", "person_referring"] }) });
	};
	return (
		<fieldset class="choices">
			<legend class="hidden-text">{t("stepEvent")}</legend>
			{EVENTS.map(([event, hint]) => (
				<Check
					key={event}
					checked={draft.events.includes(event)}
					onChange={(on) => choose(event, on)}
					label={event}
					hint={t(hint)}
					mono
				/>
			))}
			{draft.events.length === 0 && <FieldProblem>{t("chooseEvent")}</FieldProblem>}
		</fieldset>
	);
}
