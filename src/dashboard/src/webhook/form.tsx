// The wizard and the editor: seven sections of one form, each open once the ones above are valid, beside the request.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Problem, type Schemas, call, client } from "../api";
import { useLoad } from "../query";
import { canWrite } from "../session";
import { ActionBar } from "../ui/action-bar";
import { Failed } from "../ui/parts";
import { needsText } from "../ui/needs";
import { t } from "../words";
import type { Draft } from "./draft";
import { EndpointSection } from "./endpoint-section";
import { EventSection } from "./event-section";
import { formFields, offer, rowsFor, twice } from "./fields";
import { FieldsSection } from "./fields-section";
import { type Live, problemsOf, useLive, useMatches } from "./live";
import { PairsSection } from "./pairs-section";
import { RequestPanel } from "./request-panel";
import { SENDING_MEMBERS, unreadable } from "./sending";
import { SendingSection } from "./sending-section";
import { FieldProblem, Section, type SectionName } from "./section";
import { WhoSection } from "./who-section";

const ORDER: SectionName[] = ["event", "who", "endpoint", "fields", "hidden", "headers", "name"];

/** The advanced settings follow the numbered sections. They need no look of a first-time user, because the defaults work. */
const ALL: SectionName[] = [...ORDER, "sending"];

type Sections = Record<SectionName, boolean>;

/** Which sections hold something wrong: the server's problems name members of the webhook. */
function wrongSections(d: Draft, problems: Map<string, string>): Sections {
	const has = (...members: string[]) => members.some((m) => problems.has(m));
	return {
		event: d.events.length === 0 || has("event", "events"),
		who: d.types.length === 0 || has("campaign_id", "types", "sources"),
		endpoint: d.url.trim() !== "" && has("url", "method", "format"),
		fields: twice(d.fields, d.hidden).size > 0 || d.fields.some((f) => f.on && f.as === "") || has("fields"),
		hidden: has("hidden_fields"),
		headers: has("headers"),
		name: has("name"),
		sending: unreadable(d.sending).size > 0 || has(...SENDING_MEMBERS),
	};
}

/** Which sections are done. An address is done once the server has accepted it. */
function doneSections(d: Draft, wrong: Sections, live: Live): Sections {
	const done = Object.fromEntries(ALL.map((name) => [name, !wrong[name]])) as Sections;
	done.endpoint &&= d.url.trim() !== "" && live.request !== undefined;
	done.name &&= d.name.trim() !== "";
	return done;
}

/** The newest users of the campaign, for whom the request can be shown. */
function useSomeUsers(campaign: number | null): { code: string; name: string }[] {
	const query = { per_page: 5, order: "-id" as const, ...(campaign !== null && { campaign_id: String(campaign) }) };
	const list = useLoad(
		`some-users/${campaign ?? ""}`,
		() => call(client.GET("/api/v2/users", { params: { query } })),
		5000,
	);
	return (list.data?.data ?? []).map((u) => ({ code: u.code, name: u.first_name ?? u.email ?? "" }));
}

const TITLES = {
	event: "stepEvent", who: "stepWho", endpoint: "stepEndpoint", fields: "stepFields", hidden: "stepHidden",
	headers: "stepHeaders", name: "stepName", sending: "advanced",
} as const;

interface SectionsProps {
	draft: Draft;
	change: (to: Partial<Draft>) => void;
	campaigns: Schemas["Campaign"][];
	matches: Schemas["WebhookMatches"] | undefined;
	problems: Map<string, string>;
	wrong: Sections;
	done: Sections;
	allOpen: boolean;
}

function FormSections({ draft, change, campaigns, matches, problems, wrong, done, allOpen }: SectionsProps) {
	const first = ORDER.findIndex((name) => !done[name]);
	const parts: Record<SectionName, () => ComponentChildren> = {
		event: () => <EventSection draft={draft} change={change} />,
		who: () => <WhoSection draft={draft} change={change} campaigns={campaigns} matches={matches} />,
		endpoint: () => <EndpointSection draft={draft} change={change} problems={problems} />,
		fields: () => <FieldsSection draft={draft} change={change} problem={problems.get("fields")} />,
		hidden: () => (
			<PairsSection
				pairs={draft.hidden}
				onChange={(hidden) => change({ hidden })}
				help={t("hiddenHelp")}
				add={t("addHidden")}
				problem={problems.get("hidden_fields")}
			/>
		),
		headers: () => (
			<PairsSection
				pairs={draft.headers}
				onChange={(headers) => change({ headers })}
				help={t("headersHelp")}
				add={t("addHeader")}
				problem={problems.get("headers")}
			/>
		),
		name: () => <NamePart draft={draft} change={change} problem={problems.get("name")} />,
		sending: () => <SendingSection draft={draft} change={change} problems={problems} />,
	};
	return (
		<fieldset class="bare stack" disabled={!canWrite.value}>
			{ORDER.map((name, i) => (
				<Section
					key={name}
					name={name}
					number={i + 1}
					title={t(TITLES[name])}
					open={allOpen || first < 0 || i <= first}
					valid={done[name]}
					wrong={wrong[name]}
				>
					{parts[name]()}
				</Section>
			))}
			{(allOpen || first < 0 || first >= ORDER.indexOf("hidden")) && parts.sending()}
		</fieldset>
	);
}

interface NameProps {
	draft: Draft;
	change: (to: Partial<Draft>) => void;
	problem: string | undefined;
}

function NamePart({ draft, change, problem }: NameProps) {
	return (
		<>
			<label>
				{t("webhookName")}
				<input value={draft.name} maxLength={200} onInput={(e) => change({ name: e.currentTarget.value })} />
			</label>
			{problem && <FieldProblem>{problem}</FieldProblem>}
		</>
	);
}

interface SaveProps {
	ready: boolean;
	open: SectionName | undefined; // the first section that is not done
	busy: boolean;
	onSave: (test: boolean) => void;
	onDiscard: (() => void) | undefined;
	outcome: ComponentChildren;
}

function SaveBar({ ready, open, busy, onSave, onDiscard, outcome }: SaveProps) {
	return (
		<ActionBar unsaved={onDiscard !== undefined}>
			{outcome}
			{!canWrite.value && <span class="muted grow">{needsText("write")}</span>}
			{canWrite.value && open && <span class="muted grow">{t("stillOpen", { step: t(TITLES[open]) })}</span>}
			{canWrite.value && !open && <span class="muted grow">{t(onDiscard ? "unsavedChanges" : "allSaved")}</span>}
			{onDiscard && (
				<button type="button" class="plain" disabled={busy} onClick={onDiscard}>
					{t("discard")}
				</button>
			)}
			<button type="button" class="primary" aria-busy={busy} disabled={!ready} onClick={() => onSave(true)}>
				{t("saveAndTest")}
			</button>
			<button type="button" disabled={!ready} onClick={() => onSave(false)}>
				{t("save")}
			</button>
		</ActionBar>
	);
}

/** Other events or another form offer other fields. Default fields follow the events. */
function useOfferedFields(draft: Draft, form: string[], onChange: (draft: Draft) => void) {
	const offered = JSON.stringify([draft.events, form]);
	useEffect(() => {
		const fields = draft.fieldsChosen
			? offer(draft.fields, draft.events, form)
			: rowsFor(draft.events, undefined, form);
		if (JSON.stringify(fields) !== JSON.stringify(draft.fields)) onChange({ ...draft, fields });
	}, [offered]);
}

interface Props {
	draft: Draft;
	onChange: (draft: Draft) => void;
	allOpen: boolean;
	busy: boolean;
	refusal: Problem | undefined; // of the last attempt to save
	again: (() => void) | undefined; // repeats this attempt
	onSave: (test: boolean) => void;
	onDiscard: (() => void) | undefined;
	outcome?: ComponentChildren; // of the last test
}

export function WebhookForm({ draft, onChange, allOpen, busy, refusal, again, onSave, onDiscard, outcome }: Props) {
	const campaigns = useLoad("campaigns/all", () =>
		call(client.GET("/api/v2/campaigns", { params: { query: { per_page: 250 } } })),
	);
	const [user, setUser] = useState("");
	const all = campaigns.data?.data ?? [];
	const live = useLive(draft, user, canWrite.value);
	const users = useSomeUsers(draft.campaign);
	useOfferedFields(draft, formFields(all.find((c) => c.id === draft.campaign)), onChange);

	const problems = new Map([...problemsOf(refusal), ...live.problems]);
	const wrong = wrongSections(draft, problems);
	const done = doneSections(draft, wrong, live);
	const ready = canWrite.value && ALL.every((name) => done[name]);
	return (
		<form class="with-actions stack" onSubmit={(e) => e.preventDefault()}>
			<div class="wizard">
				<FormSections
					draft={draft}
					change={(to) => onChange({ ...draft, ...to })}
					campaigns={all}
					matches={useMatches(draft)}
					problems={problems}
					wrong={wrong}
					done={done}
					allOpen={allOpen}
				/>
				<div class="beside">
					<RequestPanel
						request={live.request}
						stale={live.stale}
						note={t("madeUpSecret")}
						empty={canWrite.value ? t("requestLater") : needsText("write")}
						users={users}
						user={user}
						onUser={setUser}
					/>
					{refusal && refusal.status !== 422 && <Failed problem={refusal} again={again} />}
					{live.failed && <Failed problem={live.failed} />}
				</div>
			</div>
			<SaveBar ready={ready} open={ALL.find((name) => !done[name])} busy={busy} onSave={onSave} onDiscard={onDiscard}
				outcome={outcome} />
		</form>
	);
}
