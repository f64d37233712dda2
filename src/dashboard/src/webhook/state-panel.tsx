// Disabling, which can be undone, and deleting, which cannot: a panel says what it would end.
import { useState } from "preact/hooks";
import { type Problem, type Schemas, attempt, call, client } from "../api";
import { go } from "../route";
import { canWrite } from "../session";
import { takeFocus } from "../ui/field";
import { Needs } from "../ui/needs";
import { Failed, say } from "../ui/parts";
import { t } from "../words";
import { setEnabled } from "./switch";

function DeletePanel({ webhook, onCancel }: { webhook: Schemas["Webhook"]; onCancel: () => void }) {
	const [problem, setProblem] = useState<Problem>();
	const remove = async () => {
		const params = { path: { id: String(webhook.id) } };
		const refused = await attempt(() => call(client.DELETE("/api/v2/webhooks/{id}", { params })));
		setProblem(refused);
		if (refused) return;
		say(t("webhookDeleted", { name: webhook.name }));
		go("webhooks");
	};
	return (
		<div class="notice bad" role="group" aria-label={t("deleteWebhook")}>
			<span class="grow">{t("deleteEffect", { name: webhook.name })}</span>
			<button type="button" class="long-name" onClick={remove}>
				{t("deleteNamed", { name: webhook.name })}
			</button>
			<button type="button" ref={takeFocus} onClick={onCancel}>
				{t("cancel")}
			</button>
			{problem && <Failed problem={problem} />}
		</div>
	);
}

export function StatePanel({ webhook, reload }: { webhook: Schemas["Webhook"]; reload: () => void }) {
	const [asking, setAsking] = useState(false);
	const disabled = webhook.state === "disabled";
	return (
		<section class="panel stack" aria-labelledby="state-title">
			<h2 id="state-title">{t(disabled ? "enableOrDelete" : "disableOrDelete")}</h2>
			<p class="meta">{t("disableHelp")}</p>
			<div class="row">
				<button type="button" disabled={!canWrite.value} onClick={() => setEnabled(webhook.id, disabled, reload)}>
					{t(disabled ? "enable" : "disable")}
				</button>
				<button type="button" disabled={!canWrite.value || asking} onClick={() => setAsking(true)}>
					{t("deleteWebhook")}
				</button>
				<Needs />
			</div>
			{asking && <DeletePanel webhook={webhook} onCancel={() => setAsking(false)} />}
		</section>
	);
}
