// Step 1: the name, the language, when the campaign runs, and how it treats known addresses.
import { language, t } from "../words";
import { type Work, changesOf, edit, faultOf } from "./draft";
import { CheckField, SelectField, TextField } from "./field";

/** The languages in which the pages have words of their own, and others in which a campaign sets all texts. */
const OWN = ["en", "de", "fr", "es"];
const OTHERS = ["ar", "cs", "da", "el", "fi", "he", "hu", "it", "ja", "ko", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru",
	"sv", "tr", "uk", "zh"];

const names = new Intl.DisplayNames(language.value, { type: "language" });
const nameOf = (tag: string) => names.of(tag) ?? tag;

const zones = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

function Languages({ now }: { now: string }) {
	const others = [...new Set([...OTHERS, now])].filter((tag) => !OWN.includes(tag));
	return (
		<>
			{OWN.map((tag) => (
				<option key={tag} value={tag}>
					{nameOf(tag)}
				</option>
			))}
			<optgroup label={t("otherLanguages")}>
				{others.map((tag) => (
					<option key={tag} value={tag}>
						{nameOf(tag)}
					</option>
				))}
			</optgroup>
		</>
	);
}

function Dates({ work }: { work: Work }) {
	const { starts_at, ends_at } = work.draft.value;
	const problem = work.problem.value;
	const changes = changesOf(work);
	return (
		<div class="columns">
			<TextField label={t("startsAt")} type="date" value={starts_at} set={(v) => edit(work, { starts_at: v })}
				unsaved={"starts_at" in changes} fault={faultOf(problem, "starts_at")} />
			<TextField label={t("endsAt")} type="date" value={ends_at} set={(v) => edit(work, { ends_at: v })}
				unsaved={"ends_at" in changes} fault={faultOf(problem, "ends_at")} />
		</div>
	);
}

export function SettingsStep({ work }: { work: Work }) {
	const draft = work.draft.value;
	const problem = work.problem.value;
	const changes = changesOf(work);
	return (
		<>
			<TextField label={t("campaignName")} value={draft.name} max={200} set={(name) => edit(work, { name })}
				unsaved={"name" in changes} fault={faultOf(problem, "name")} />
			<SelectField label={t("pageLanguage")} value={draft.lang} set={(lang) => edit(work, { lang })}
				unsaved={"lang" in changes} fault={faultOf(problem, "lang")}>
				<Languages now={draft.lang} />
			</SelectField>
			<Dates work={work} />
			<SelectField label={t("timeZone")} value={draft.timezone} set={(timezone) => edit(work, { timezone })}
				unsaved={"timezone" in changes} fault={faultOf(problem, "timezone")} hint={t("timeZoneHint")}>
				{[...new Set([...zones, draft.timezone])].map((zone) => (
					<option key={zone} value={zone}>
						{zone.replaceAll("_", " ")}
					</option>
				))}
			</SelectField>
			<SelectField label={t("knownAddress")} value={draft.existing} set={(existing) => edit(work, { existing })}
				unsaved={"existing" in changes} fault={faultOf(problem, "existing")} hint={t("knownHint")}>
				<option value="code">{t("knownCode")}</option>
				<option value="generic">{t("knownGeneric")}</option>
				<option value="link_by_event">{t("knownByEvent")}</option>
			</SelectField>
			<CheckField label={t("testMode")} hint={t("testModeHint")} value={draft.test_mode}
				set={(test_mode) => edit(work, { test_mode })} />
		</>
	);
}
