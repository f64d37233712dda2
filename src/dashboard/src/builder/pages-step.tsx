// Step 4: the words and the look of the pages, and the message that people send to their friends.
import { t } from "../words";
import { onColour } from "./colour";
import { type Work, changesOf, edit, faultOf } from "./draft";
import { FieldFrame, TextField } from "./field";
import { PageText } from "./page-text";

const PAGE_BLUE = "#1f4fbf"; // the colour of the pages without a choice (--accent in page.css)

function Colour({ work }: { work: Work }) {
	const { colour } = work.draft.value;
	const on = onColour(colour);
	const hint = on ? t(on.white ? "whiteOnIt" : "blackOnIt", { ratio: `${on.ratio}:1` }) : t("colourHint");
	return (
		<FieldFrame label={t("colour")} hint={hint} unsaved={"colour" in changesOf(work)}
			fault={faultOf(work.problem.value, "colour")}>
			{(ids) => (
				<div class="row">
					<input class="swatch" type="color" aria-label={t("pickColour")} value={on ? colour : PAGE_BLUE}
						onInput={(e) => edit(work, { colour: e.currentTarget.value })} />
					<input {...ids} class="short" value={colour} maxLength={7} placeholder={PAGE_BLUE}
						onInput={(e) => edit(work, { colour: e.currentTarget.value })} />
				</div>
			)}
		</FieldFrame>
	);
}

export function PagesStep({ work }: { work: Work }) {
	const { logo_url } = work.draft.value;
	return (
		<>
			<fieldset class="stack">
				<legend>{t("look")}</legend>
				<TextField label={t("logoUrl")} type="url" value={logo_url} placeholder="https://shop.example/logo.png"
					set={(v) => edit(work, { logo_url: v })} unsaved={"logo_url" in changesOf(work)}
					fault={faultOf(work.problem.value, "logo_url")} />
				<Colour work={work} />
			</fieldset>
			<fieldset class="stack">
				<legend>{t("viewJoin")}</legend>
				<PageText work={work} name="headline" />
				<PageText work={work} name="body" lines={3} />
				<PageText work={work} name="button" />
				<PageText work={work} name="terms_url" placeholder="https://shop.example/terms" />
			</fieldset>
			<fieldset class="stack">
				<legend>{t("viewFriend")}</legend>
				<PageText work={work} name="offer" hint={t("offerHint")} placeholder={t("offerExample")} />
				<PageText work={work} name="invited_headline" hint={t("asJoin")} />
				<PageText work={work} name="invited_body" lines={3} />
			</fieldset>
			<fieldset class="stack">
				<legend>{t("viewClosed")}</legend>
				<PageText work={work} name="closed_headline" />
				<PageText work={work} name="closed_body" lines={3} />
				<PageText work={work} name="home_url" hint={t("homeHint")} placeholder="https://shop.example/" />
			</fieldset>
			<fieldset class="stack">
				<legend>{t("shareTitle")}</legend>
				<PageText work={work} name="share_subject" />
				<PageText work={work} name="share_text" lines={3} hint={t("shareHint")} />
			</fieldset>
		</>
	);
}
