// Settings, a tab for each subject: the address for purchases, the API tokens, the people, the server, this browser.
import { href, route } from "../route";
import { type SettingsTab, settingsTabs } from "../ui/settings-tabs";
import { t } from "../words";
import { Audit } from "./settings-audit";
import { Display } from "./settings-display";
import { Health } from "./settings-health";
import { Inbound } from "./settings-inbound";
import { People } from "./settings-people";
import { Tokens } from "./settings-tokens";

const contents: Record<SettingsTab, () => preact.JSX.Element> = {
	inbound: () => <Inbound />,
	tokens: () => <Tokens />,
	people: () => <People />,
	audit: () => <Audit />,
	health: () => <Health />,
	display: () => <Display />,
};

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
			{contents[chosen.name]()}
		</>
	);
}
