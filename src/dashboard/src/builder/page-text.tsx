// A text of the pages. If the campaign has no text, the page shows the standard text, and so does the empty field.
import { t } from "../words";
import { type TextName, type Work, changesOf, edit, faultOf } from "./draft";
import { TextField } from "./field";
import { useStandardText } from "./standard";

type Text = Exclude<TextName, "layout" | "background" | "button_colour">;

const WORDS = {
	headline: "textHeadline", body: "textBody", button: "textButton", terms_url: "textTerms",
	invited_headline: "textInvitedHeadline", invited_body: "textInvitedBody", thanks_headline: "textThanksHeadline",
	thanks_body: "textThanksBody", closed_headline: "textClosedHeadline", closed_body: "textClosedBody",
	offer: "textOffer", home_url: "textHome", share_subject: "textShareSubject", share_text: "textShareText",
	image_url: "textImage", share_image_url: "textShareImage",
} as const satisfies Record<Text, string>;

const URL_MAX = 2048;
const MAX: Partial<Record<Text, number>> = { button: 60, body: 2000, invited_body: 2000, thanks_body: 2000, closed_body: 2000,
	share_text: 1000 };

interface Props {
	work: Work;
	name: Text;
	lines?: number;
	hint?: string | undefined;
	placeholder?: string;
}

export function PageText({ work, name, lines, hint, placeholder = "" }: Props) {
	const { pages } = work.draft.value;
	const standard = useStandardText(work, name);
	const isUrl = name.endsWith("_url");
	const set = (text: string) => edit(work, { pages: { ...work.draft.value.pages, [name]: text } });
	return (
		<TextField
			label={t(WORDS[name])}
			value={pages[name]}
			set={set}
			unsaved={name in (changesOf(work).pages ?? {})}
			fault={faultOf(work.problem.value, "pages", name)}
			placeholder={standard ?? placeholder}
			reset={standard !== undefined && pages[name] !== "" ? () => set("") : undefined}
			max={MAX[name] ?? (isUrl ? URL_MAX : 200)}
			hint={hint}
			{...(lines ? { lines } : {})}
			{...(isUrl ? { type: "url" as const } : {})}
		/>
	);
}
