// Why the newest events did not match a webhook, in words, and which settings excluded them.
import type { Schemas } from "../api";
import { t } from "../words";
import type { SectionName } from "./section";

type Why = Schemas["WebhookWhy"];

const SECTION_OF: Record<string, SectionName> = { events: "event", types: "who", sources: "who" };

/** Events of other kinds explain nothing if there were events of the wanted kind. */
function tellingOf(excluded: Why["events"]["excluded"]): Why["events"]["excluded"] {
	const telling = excluded.filter((e) => e.setting !== "events");
	return telling.length > 0 ? telling : excluded;
}

/** "9 events happened, none matched: the webhook wants person_invited, all were person_referring." */
export function silenceText({ events }: Why): string {
	if (events.of_campaign === 0) return t("whyOtherCampaign", { n: events.looked_at });
	const wanted = tellingOf(events.excluded);
	const [only] = wanted;
	if (only?.wanted && only.had && wanted.length === 1) {
		const words = { n: only.events, wanted: only.wanted.join(", "), had: only.had.join(", ") };
		return t(only.setting === "sources" ? "whyNoneOfSource" : "whyNoneMatched", words);
	}
	const texts = wanted.map((e) => {
		if (e.setting === "created_at") return t("whyBefore", { n: e.events });
		if (e.setting === "itself") return t("whyItself", { n: e.events });
		if (e.setting === "rule_id") return t("whyRule", { n: e.events });
		return t("whyExcluded", { n: e.events, wanted: (e.wanted ?? []).join(", "), had: (e.had ?? []).join(", ") });
	});
	return [t("whyNoMatch", { n: events.of_campaign }), ...texts].join(" ");
}

/** " 14 events are held.", or nothing. */
export const heldText = ({ held }: Why) => (held > 0 ? ` ${t("heldCount", { n: held })}` : "");

/** The sections of the settings that decide which events match. */
export function sectionsOf({ events }: Why): SectionName[] {
	if (events.of_campaign === 0) return ["who"];
	return [...new Set(tellingOf(events.excluded).map((e) => SECTION_OF[e.setting]).filter((s) => s !== undefined))];
}
