// Every other word of the pages: the label of each field is the server's own word, which the typed word replaces.
import { t } from "../words";
import { type Work, changesOf, edit, faultOf } from "./draft";
import { TextField } from "./field";
import { useTexts } from "./standard";

const LONG = 60; // from here on a word is a sentence

// The builder has a field of its own for these words.
const ELSEWHERE = ["join_headline", "join_body", "join", "thanks", "thanks_body", "closed"];

function OwnWord({ work, name, standard }: { work: Work; name: string; standard: string }) {
	const { words } = work.draft.value;
	return (
		<TextField label={standard} value={words[name] ?? ""} placeholder={standard} max={400}
			{...(standard.length > LONG ? { lines: 2 } : {})}
			set={(v) => edit(work, { words: { ...work.draft.value.words, [name]: v.replace(/\n/g, " ") } })}
			unsaved={name in (changesOf(work).pages?.words ?? {})} fault={faultOf(work.problem.value, "pages", name)} />
	);
}

export function OwnWords({ work }: { work: Work }) {
	const words = Object.entries(useTexts(work.draft.value.lang)?.words ?? {});
	return (
		<details>
			<summary>{t("ownWords")}</summary>
			<div class="stack">
				<p class="meta">{t("ownWordsHint")}</p>
				{words.filter(([name]) => !ELSEWHERE.includes(name)).map(([name, standard]) => (
					<OwnWord key={name} work={work} name={name} standard={standard} />
				))}
			</div>
		</details>
	);
}
