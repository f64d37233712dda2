// A campaign in the list: its state, its counts, and what can be done with it.
import type { Schemas } from "../api";
import { href } from "../route";
import { canWrite } from "../session";
import { Status } from "../ui/parts";
import { number, t } from "../words";
import { CampaignActions } from "./actions";
import { setState } from "./change";

export function CampaignLine({ campaign: c, changed }: { campaign: Schemas["Campaign"]; changed: () => void }) {
	const counts = [
		["joins", c.analytics?.users ?? 0], ["referrals", c.analytics?.referrals ?? 0],
		["qualified", c.analytics?.qualified_referrals ?? 0],
	] as const;
	return (
		<li class="campaign">
			<a class="cut name" href={href("campaigns", c.id)}>
				{c.name}
			</a>
			<Status of={c.status} />
			{c.status === "draft" ? (
				<span class="counts muted">
					{t("launchIt")}{" "}
					<button type="button" disabled={!canWrite.value} onClick={() => void setState(c, "launched", changed)}>
						{t("launch")}
					</button>
				</span>
			) : (
				<span class="counts">
					{counts.map(([word, n]) => (
						<span key={word} class="number">
							{number(n)} <span class="meta">{t(word)}</span>
						</span>
					))}
				</span>
			)}
			<CampaignActions campaign={c} changed={changed} />
		</li>
	);
}
