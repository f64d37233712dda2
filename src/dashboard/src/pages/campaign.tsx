// One campaign: its link, its state, its numbers by day, and who refers most.
import { call, client } from "../api";
import { CampaignActions } from "../campaign/actions";
import { setState } from "../campaign/change";
import { useLoad } from "../query";
import { href } from "../route";
import { canWrite } from "../session";
import { DayChart } from "../ui/chart";
import { Copy, Empty, Failed, Skeleton, Status } from "../ui/parts";
import { number, t } from "../words";

function Numbers({ id }: { id: number }) {
	const { data } = useLoad(
		`analytics/${id}`,
		() => call(client.GET("/api/v2/analytics", { params: { query: { campaign_id: String(id) } } })),
		5000,
	);
	if (!data) return <Skeleton height={320} />;
	const { days, all_time, conversion, top_referrers } = data.data;
	if (all_time.users === 0) return <Empty>{t("nobodyJoined")}</Empty>;
	return (
		<>
			<section class="panel stack">
				<dl class="facts">
					<div>
						<dt>{t("joins")}</dt>
						<dd>{number(all_time.users)}</dd>
					</div>
					<div>
						<dt>{t("referrals")}</dt>
						<dd>{number(all_time.referrals)}</dd>
					</div>
					<div>
						<dt>{t("qualified")}</dt>
						<dd>{number(all_time.qualified_referrals)}</dd>
					</div>
					<div>
						<dt>{t("conversion")}</dt>
						<dd>{conversion.all_time === null ? "–" : `${number(Math.round(conversion.all_time * 1000) / 10)} %`}</dd>
					</div>
				</dl>
				<DayChart dates={days.map((d) => d.date)} values={days.map((d) => d.joins)} label={`${t("joins")}, ${t("byDay")}`} />
				<details>
					<summary>{t("byDay")}</summary>
					<div class="scroll">
						<table class="table">
							<thead>
								<tr>
									<th>{t("day")}</th>
									<th class="number">{t("joins")}</th>
									<th class="number">{t("referrals")}</th>
									<th class="number">{t("qualified")}</th>
								</tr>
							</thead>
							<tbody>
								{days.toReversed().map((d) => (
									<tr key={d.date}>
										<td>{d.date}</td>
										<td class="number" data-label={t("joins")}>{number(d.joins)}</td>
										<td class="number" data-label={t("referrals")}>{number(d.referrals)}</td>
										<td class="number" data-label={t("qualified")}>{number(d.qualified)}</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
				</details>
			</section>
			{top_referrers.length > 0 && (
				<section class="panel stack scroll">
					<h2>{t("topReferrers")}</h2>
					<table class="table">
						<thead>
							<tr>
								<th>{t("name")}</th>
								<th>{t("code")}</th>
								<th class="number">{t("referrals")}</th>
								<th class="number">{t("qualified")}</th>
							</tr>
						</thead>
						<tbody>
							{top_referrers.map((r) => (
								<tr key={r.id}>
									<td>
										<a class="cut" href={href("users", r.code)}>
											{r.first_name || r.code}
										</a>
									</td>
									<td class="mono">{r.code}</td>
									<td class="number" data-label={t("referrals")}>{number(r.referrals)}</td>
									<td class="number" data-label={t("qualified")}>{number(r.qualified_referrals)}</td>
								</tr>
							))}
						</tbody>
					</table>
				</section>
			)}
		</>
	);
}

export function CampaignPage({ id }: { id: number }) {
	const path = { id: String(id) };
	const { data, problem, reload } = useLoad(`campaign/${id}`, () =>
		call(client.GET("/api/v2/campaigns/{id}", { params: { path } })),
	);
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={400} />;
	const c = data.data;
	return (
		<>
			<div class="title">
				<h1>{c.name}</h1>
				<Status of={c.status} />
				{c.status !== "launched" && (
					<button type="button" class="primary" disabled={!canWrite.value} onClick={() => void setState(c, "launched", reload)}>
						{t("launch")}
					</button>
				)}
				<CampaignActions campaign={c} changed={reload} />
			</div>
			<div class="panel row">
				<a class="mono grow" href={c.url} target="_blank" rel="noreferrer">
					{c.url}
				</a>
				<Copy text={c.url} primary={c.status === "launched"}>
					{t("copyLink")}
				</Copy>
			</div>
			<Numbers id={id} />
		</>
	);
}
