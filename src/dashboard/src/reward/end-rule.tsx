// Ending a rule, which cannot be undone: a panel states the effect first.
import { useState } from "preact/hooks";
import { type Problem, type Schemas, attempt, call, client } from "../api";
import { canWrite } from "../session";
import { Failed, say } from "../ui/parts";
import { brief, t } from "../words";

export function EndRule({ rule, ended }: { rule: Schemas["RewardRule"]; ended: () => void }) {
	const [asking, setAsking] = useState(false);
	const [problem, setProblem] = useState<Problem>();
	const end = async () => {
		const params = { path: { id: String(rule.id) } };
		const refused = await attempt(() => call<unknown>(client.DELETE("/api/v2/reward-rules/{id}", { params })));
		setProblem(refused);
		if (refused) return;
		say(t("ruleEnded", { name: brief(rule.name) }));
		ended();
	};
	if (!asking)
		return (
			<div class="row">
				<button type="button" class="warns" disabled={!canWrite.value} aria-label={`${t("endRule")}: ${rule.name}`} onClick={() => setAsking(true)}>
					{t("endRule")}
				</button>
			</div>
		);
	return (
		<div class="notice wait" role="group" aria-label={t("endRule")}>
			<span class="grow">{t("endRuleEffect")}</span>
			<button type="button" onClick={() => void end()} autofocus>
				{t("endRule")}
			</button>
			<button type="button" onClick={() => setAsking(false)}>
				{t("back")}
			</button>
			{problem && <Failed problem={problem} />}
		</div>
	);
}
