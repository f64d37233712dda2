// The look of the pages: logo, image, layout and colours.
import { t } from "../words";
import { ColourField } from "./colour-field";
import { type Work, changesOf, edit, faultOf } from "./draft";
import { SelectField, TextField } from "./field";
import { PageText } from "./page-text";

const PAGE_BLUE = "#1f4fbf"; // the colour of the pages without a choice (--accent in page.css)

function PageColour({ work, name }: { work: Work; name: "button_colour" | "background" }) {
	const { pages, colour } = work.draft.value;
	const button = name === "button_colour";
	return (
		<ColourField label={t(button ? "buttonColour" : "background")} value={pages[name]}
			hint={t(button ? "buttonColourHint" : "backgroundHint")} standard={button ? colour || PAGE_BLUE : "#eeeff1"}
			set={(v) => edit(work, { pages: { ...pages, [name]: v } })} unsaved={name in (changesOf(work).pages ?? {})}
			fault={faultOf(work.problem.value, "pages", name)} />
	);
}

function Layout({ work }: { work: Work }) {
	const { pages } = work.draft.value;
	return (
		<SelectField label={t("layout")} value={pages.layout || "card"} hint={pages.image_url ? undefined : t("layoutHint")}
			set={(v) => edit(work, { pages: { ...pages, layout: v === "card" ? "" : v } })}
			unsaved={"layout" in (changesOf(work).pages ?? {})}>
			<option value="card">{t("layoutCard")}</option>
			<option value="split">{t("layoutSplit")}</option>
		</SelectField>
	);
}

export function Look({ work }: { work: Work }) {
	const { logo_url, colour } = work.draft.value;
	const changes = changesOf(work);
	const problem = work.problem.value;
	return (
		<fieldset class="stack">
			<legend>{t("look")}</legend>
			<TextField label={t("logoUrl")} type="url" value={logo_url} placeholder="https://shop.example/logo.png"
				set={(v) => edit(work, { logo_url: v })} unsaved={"logo_url" in changes} fault={faultOf(problem, "logo_url")} />
			<PageText work={work} name="image_url" placeholder="https://shop.example/friends.jpg" />
			<Layout work={work} />
			<ColourField label={t("colour")} value={colour} hint={t("colourHint")} standard={PAGE_BLUE}
				set={(v) => edit(work, { colour: v })} unsaved={"colour" in changes} fault={faultOf(problem, "colour")} />
			<PageColour work={work} name="button_colour" />
			<PageColour work={work} name="background" />
		</fieldset>
	);
}
