// Settings, a tab for each subject: the address for purchases, the API tokens, the people, the server, this browser.
import { href, route } from "../route";
import { t } from "../words";
import type { Words } from "../words/en";
import { Audit } from "./settings-audit";
import { Display } from "./settings-display";
import { Health } from "./settings-health";
import { Inbound } from "./settings-inbound";
import { People } from "./settings-people";
import { Tokens } from "./settings-tokens";

interface Tab {
	name: string;
	word: keyof Words;
	show: () => preact.JSX.Element;
}

export const settingsTabs: readonly [Tab, ...Tab[]] = [
	{ name: "inbound", word: "inboundTab", show: () => <Inbound /> },
	{ name: "tokens", word: "tokensTab", show: () => <Tokens /> },
	{ name: "people", word: "peopleTab", show: () => <People /> },
	{ name: "audit", word: "auditTab", show: () => <Audit /> },
	{ name: "health", word: "healthTab", show: () => <Health /> },
	{ name: "display", word: "displayTab", show: () => <Display /> },
];

export function SettingsPage() {
	const chosen = settingsTabs.find((tab) => tab.name === route.value.path[1]) ?? settingsTabs[0];
	return (
		<>
			<div class="title">
				<h1>{t("settings")}</h1>
			</div>
			<nav class="tabs" aria-label={t("settings")}>
				{settingsTabs.map((tab) => (
					<a key={tab.name} href={href("settings", tab.name)} aria-current={tab === chosen ? "page" : undefined}>
						{t(tab.word)}
					</a>
				))}
			</nav>
			{chosen.show()}
		</>
	);
}
