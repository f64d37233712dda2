// A campaign in the list: its state, its counts, its joins by day, and what can be done with it.
import type { Schemas } from "../api";
import { href } from "../route";
import { canWrite } from "../session";
import { Needs } from "../ui/needs";
import { Status } from "../ui/status";
import { Sparkline } from "../ui/sparkline";
import { number, t } from "../words";
import { CampaignActions } from "./actions";
import { setState } from "./change";

type Campaign = Schemas["Campaign"];

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

function Counts({ campaign: c }: { campaign: Campaign }) {
	const counts = [
		["joins", c.analytics?.users ?? 0], ["referrals", c.analytics?.referrals ?? 0],
		["qualified", c.analytics?.qualified_referrals ?? 0],
	] as const;
	return (
		<span class="counts">
			{counts.map(([word, n]) => (
				<span key={word} class="number">
					{number(n)} <span class="meta">{t(word)}</span>
				</span>
			))}
		</span>
	);
}

export function CampaignLine({ campaign: c, changed }: { campaign: Campaign; changed: () => void }) {
	const joins = c.days?.joins ?? [];
	return (
		<li class="campaign" data-row>
			<a class="name" href={href("campaigns", c.id)} title={c.name}>
				{c.name}
			</a>
			<Status of={c.status} />
			{c.status === "draft" ? (
				<span class="counts muted">
					{canWrite.value ? t("launchIt") : <Needs />}{" "}
					<button type="button" disabled={!canWrite.value} onClick={() => void setState(c, "launched", changed)}>
						{t("launch")}
					</button>
				</span>
			) : (
				<>
					<Counts campaign={c} />
					<Sparkline values={joins} label={t("joinsOfDays", { n: sum(joins), days: String(joins.length) })} />
				</>
			)}
			<CampaignActions campaign={c} changed={changed} />
		</li>
	);
}
