import { href } from "../route";
import { t } from "../words";

export type WebhookTab = "deliveries" | "request" | "settings";

/** The pages of one webhook. */
export function WebhookTabs({ id, at }: { id: number; at: WebhookTab }) {
	const current = (tab: WebhookTab) => (tab === at ? "page" : undefined);
	return (
		<nav class="tabs" aria-label={t("webhook")}>
			<a href={href("webhooks", id)} aria-current={current("deliveries")}>
				{t("deliveries")}
			</a>
			<a href={href("webhooks", id, "request")} aria-current={current("request")}>
				{t("request")}
			</a>
			<a href={href("webhooks", id, "settings")} aria-current={current("settings")}>
				{t("settings")}
			</a>
		</nav>
	);
}
