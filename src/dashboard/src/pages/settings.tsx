// Settings: the address at which the company's systems report a purchase, and the API tokens.
import { href, route } from "../route";
import { t } from "../words";
import { Inbound } from "./settings-inbound";
import { Tokens } from "./settings-tokens";

const tabs = { inbound: Inbound, tokens: Tokens } as const;

export function SettingsPage() {
	const chosen = (route.value.path[1] ?? "inbound") as keyof typeof tabs;
	const Tab = tabs[chosen] ?? Inbound;
	return (
		<>
			<div class="title">
				<h1>{t("settings")}</h1>
			</div>
			<nav class="tabs" aria-label={t("settings")}>
				{(["inbound", "tokens"] as const).map((tab) => (
					<a key={tab} href={href("settings", tab)} aria-current={tab === chosen ? "page" : undefined}>
						{t(tab === "inbound" ? "inboundTab" : "tokensTab")}
					</a>
				))}
			</nav>
			<Tab />
		</>
	);
}
