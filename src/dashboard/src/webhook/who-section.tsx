// Whose events these are: the campaign, the types of users, their sources; and how many past events match.
import type { Schemas } from "../api";
import { number, t } from "../words";
import type { Draft, Source, UserType } from "./draft";
import { Check, FieldProblem } from "./section";

const SOURCES: Source[] = ["Direct", "Referred", "Api", "Added", "Zapier", "Widget", "Popup", "Embed", "Test"];
const TYPES: UserType[] = ["person_invited", "person_referring"];

interface Props {
	draft: Draft;
	change: (to: Partial<Draft>) => void;
	campaigns: Schemas["Campaign"][];
	matches: Schemas["WebhookMatches"] | undefined;
}

const toggled = <T,>(all: T[], chosen: T[], one: T, on: boolean) =>
	all.filter((v) => (v === one ? on : chosen.includes(v)));

function Matches({ of }: { of: Schemas["WebhookMatches"] }) {
	if (of.events === 0) return <p class="muted">{t("matchNothingYet")}</p>;
	const counts = { n: of.matched, all: number(of.events) };
	return (
		<p class="row">
			<strong>{t(of.matched > 0 ? "matchCount" : "matchNone", counts)}</strong>
			{!of.complete && <span class="muted">{t("matchNewest")}</span>}
		</p>
	);
}

export function WhoSection({ draft, change, campaigns, matches }: Props) {
	const any = draft.sources.length === 0;
	return (
		<>
			<div class="whose">
				<label>
					{t("campaign")}
					<select
						value={draft.campaign ?? ""}
						onChange={(e) => change({ campaign: Number(e.currentTarget.value) || null })}
					>
						<option value="">{t("allCampaigns")}</option>
						{campaigns.map((c) => (
							<option key={c.id} value={c.id}>
								{c.name}
							</option>
						))}
					</select>
				</label>
				<fieldset class="bare">
					<legend>{t("whichUsers")}</legend>
					{TYPES.map((type) => (
						<Check
							key={type}
							checked={draft.types.includes(type)}
							onChange={(on) => change({ types: toggled(TYPES, draft.types, type, on) })}
							label={t(type === "person_invited" ? "invitedFriends" : "referringUsers")}
							hint={type}
						/>
					))}
					{draft.types.length === 0 && <FieldProblem>{t("chooseType")}</FieldProblem>}
				</fieldset>
			</div>
			<details open={!any}>
				<summary>{any ? t("anySource") : t("someSources", { list: draft.sources.join(", ") })}</summary>
				<fieldset class="choices many">
					<legend class="hidden-text">{t("sources")}</legend>
					{SOURCES.map((source) => (
						<Check
							key={source}
							checked={draft.sources.includes(source)}
							onChange={(on) => change({ sources: toggled(SOURCES, draft.sources, source, on) })}
							label={source}
						/>
					))}
				</fieldset>
			</details>
			{matches && <Matches of={matches} />}
		</>
	);
}
