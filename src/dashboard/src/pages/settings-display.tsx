// How the dashboard looks in this browser: theme, language, keys. Nothing here goes to the server.
import type { Signal } from "@preact/signals";
import { SingleKeys } from "../ui/keys-list";
import { theme, themes } from "../ui/theme";
import { languageChoice, languageChoices, t } from "../words";
import type { Words } from "../words/en";

interface Props<T extends string> {
	legend: string;
	name: string;
	values: readonly T[];
	choice: Signal<T>;
	word: (value: T) => string;
}

function Choice<T extends string>({ legend, name, values, choice, word }: Props<T>) {
	return (
		<fieldset class="choices many">
			<legend>{legend}</legend>
			{values.map((value) => (
				<label class="check" key={value}>
					<input
						type="radio"
						name={name}
						checked={choice.value === value}
						onChange={() => (choice.value = value)}
					/>
					{word(value)}
				</label>
			))}
		</fieldset>
	);
}

const themeWords = { system: "themeSystem", light: "themeLight", dark: "themeDark" } as const satisfies Record<string, keyof Words>;
/** A language is named in itself, so that everybody finds their own. */
const languageNames = { en: "English", de: "Deutsch" };

export function Display() {
	return (
		<section class="panel stack">
			<p class="muted">{t("displayText")}</p>
			<Choice legend={t("theme")} name="theme" values={themes} choice={theme} word={(v) => t(themeWords[v])} />
			<Choice
				legend={t("language")}
				name="language"
				values={languageChoices}
				choice={languageChoice}
				word={(v) => (v === "browser" ? t("languageBrowser") : languageNames[v])}
			/>
			<fieldset class="choices">
				<legend>{t("keys")}</legend>
				<SingleKeys />
			</fieldset>
		</section>
	);
}
