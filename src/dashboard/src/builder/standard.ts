// The text that a page shows if the campaign sets no text: the server's text in the campaign's language, or another text
// of the campaign.
import { type Schemas, call, client } from "../api";
import { useLoad } from "../query";
import type { Campaign, Draft, TextName, Work } from "./draft";

type Texts = Schemas["PageTexts"];

/** The reason on the closed page: why it is closed now or, for an open campaign, why it will be closed. */
function closedReason({ status, starts_at, ends_at }: Campaign): keyof Texts["closed_body"] {
	if (status === "draft") return "draft";
	if (status === "archived") return "ended";
	if (status !== "launched") return "paused";
	if (starts_at && Date.parse(starts_at) > Date.now()) return "not_started";
	return ends_at ? "ended" : "paused";
}

/** Writes the names of the preview into a text. */
function filled(text: string, draft: Draft): string {
	return text.replace("{name}", "Jessica").replace("{campaign}", draft.name);
}

/** Undefined if the page shows nothing without a text of the campaign. */
function standardText(name: TextName, draft: Draft, campaign: Campaign, texts: Texts | undefined): string | undefined {
	const { pages } = draft;
	switch (name) {
		case "share_subject":
			return draft.name;
		case "body": // a page with a headline of its own has no standard text
			return pages.headline ? undefined : (texts?.body ?? "");
		case "invited_headline":
			return pages.headline || filled(texts?.invited_headline ?? "", draft);
		case "invited_body":
			return pages.body;
		case "headline":
		case "button":
		case "thanks_headline":
		case "thanks_body":
			return texts?.[name] ?? "";
		case "closed_headline":
			return (closedReason(campaign) === "ended" ? texts?.words.ended : texts?.closed_headline) ?? "";
		case "closed_body":
			return texts?.closed_body[closedReason(campaign)] ?? "";
		default:
			return undefined;
	}
}

/** The server's own texts in a language; undefined until they are here. */
export function useTexts(lang: string): Texts | undefined {
	const load = () => call(client.GET("/api/v2/page-texts", { params: { query: { lang } } }));
	return useLoad(`page-texts?${lang}`, load).data?.data;
}

export function useStandardText(work: Work, name: TextName): string | undefined {
	const draft = work.draft.value;
	return standardText(name, draft, work.saved.value, useTexts(draft.lang));
}
