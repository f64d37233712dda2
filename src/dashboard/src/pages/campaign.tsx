// One campaign: its link, its state, its numbers by day, and who refers most.
import { call, client } from "../api";
import { CampaignActions } from "../campaign/actions";
import { setState } from "../campaign/change";
import { Numbers } from "../campaign/numbers";
import { useLoad } from "../query";
import { href } from "../route";
import { canWrite } from "../session";
import { Needs } from "../ui/needs";
import { Copy, FailedPage, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { t } from "../words";

export function CampaignPage({ id }: { id: number }) {
	const path = { id: String(id) };
	const { data, problem, reload } = useLoad(`campaign/${id}`, () =>
		call(client.GET("/api/v2/campaigns/{id}", { params: { path } })),
	);
	if (problem && !data) return <FailedPage problem={problem} again={reload} list={href("campaigns")} title={t("campaign")} />;
	if (!data) return <Skeleton height={400} />;
	const c = data.data;
	return (
		<>
			<div class="title">
				<h1 class="wrap">{c.name}</h1>
				<Status of={c.status} />
				{c.status !== "launched" && (
					<button type="button" class="primary" disabled={!canWrite.value} onClick={() => void setState(c, "launched", reload)}>
						{t("launch")}
					</button>
				)}
				<CampaignActions campaign={c} changed={reload} />
				<Needs />
			</div>
			<div class="panel row">
				<a class="mono grow" href={c.url} target="_blank" rel="noreferrer">
					{c.url}
				</a>
				<Copy text={c.url} primary={c.status === "launched"}>
					{t("copyLink")}
				</Copy>
			</div>
			<Numbers campaign={c} />
		</>
	);
}
