// A campaign by day: four numbers of a period, each with its value before, a chart of one number, and a table.
import { useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { filter, route } from "../route";
import { DayChart } from "../ui/chart";
import { Empty, Failed, Skeleton } from "../ui/parts";
import { dayOf, number, percent, t } from "../words";
import { type Day, MEASURES, type Measure, PERIODS, firstDay, sumOf, valueOf } from "./period";
import { TopReferrers } from "./top-referrers";

type Campaign = Schemas["Campaign"];

const SHOWN = 7; // days of the table before "Show all"

function written(value: number | null, measure: Measure): string {
	if (value === null) return "–";
	return measure === "conversion" ? percent(value) : number(value);
}

function Period({ days }: { days: number }) {
	return (
		<div class="views" role="group" aria-label={t("period")}>
			{PERIODS.map((n) => (
				<button key={n} type="button" aria-pressed={n === days} onClick={() => filter({ days: n })}>
					{t("nDays", { n })}
				</button>
			))}
		</div>
	);
}

interface Shown {
	now: Day[];
	before: Day[];
	show: Measure;
}

/** The numbers of the period; a press chooses what the chart shows. */
function Facts({ now, before, show }: Shown) {
	const [sum, earlier] = [sumOf(now), sumOf(before)];
	return (
		<div class="measures" role="group" aria-label={t("chartShows")}>
			{MEASURES.map((measure) => (
				<button key={measure} type="button" aria-pressed={measure === show} onClick={() => filter({ show: measure })}>
					<span class="meta">{t(measure)}</span>
					<strong>{written(valueOf(sum, measure), measure)}</strong>
					<span class="meta">{t("periodBefore", { value: written(valueOf(earlier, measure), measure) })}</span>
				</button>
			))}
		</div>
	);
}

function Table({ days }: { days: Day[] }) {
	const [all, setAll] = useState(false);
	const newest = [...days].reverse();
	return (
		<>
			<div class="scroll">
				<table class="table figures">
					<thead>
						<tr>
							<th>{t("day")}</th>
							{MEASURES.map((measure) => (
								<th key={measure} class="number">{t(measure)}</th>
							))}
						</tr>
					</thead>
					<tbody>
						{newest.slice(0, all ? undefined : SHOWN).map((d) => (
							<tr key={d.date}>
								<td>{dayOf(d.date)}</td>
								{MEASURES.map((measure) => (
									<td key={measure} class="number" data-label={t(measure)}>{written(valueOf(d, measure), measure)}</td>
								))}
							</tr>
						))}
					</tbody>
				</table>
			</div>
			{days.length > SHOWN && (
				<div class="row">
					<button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
						{all ? t("showLess") : t("allDays", { n: days.length })}
					</button>
				</div>
			)}
		</>
	);
}

function Chart({ now, before, show }: Shown) {
	const values = (days: Day[]) => days.map((d) => valueOf(d, show));
	const label = t("chartOf", { what: t(show), n: now.length });
	return (
		<>
			<div class="row chart-key" aria-hidden="true">
				<span class="key-now">{t("thisPeriod")}</span>
				<span class="key-before">{t("beforePeriod", { n: now.length })}</span>
			</div>
			<DayChart dates={now.map((d) => d.date)} values={values(now)} before={values(before)} label={label}
				write={(v) => written(v, show)} />
		</>
	);
}

export function Numbers({ campaign }: { campaign: Campaign }) {
	const { query } = route.value;
	const days = PERIODS.find((n) => String(n) === query.get("days")) ?? 30;
	const show = MEASURES.find((m) => m === query.get("show")) ?? "joins";
	const params = { query: { campaign_id: String(campaign.id), from: firstDay(campaign.timezone, 2 * days) } };
	const { data, problem, reload } = useLoad(
		`analytics/${campaign.id}?${days}`,
		() => call(client.GET("/api/v2/analytics", { params })),
		5000,
		changes("users", "campaigns"),
	);
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={560} />;
	const { all_time, top_referrers } = data.data;
	if (all_time.users === 0) return <Empty>{t(campaign.status === "draft" ? "launchIt" : "nobodyJoined")}</Empty>;
	const now = data.data.days.slice(-days);
	const before = data.data.days.slice(-2 * days, -days);
	return (
		<>
			<section class="panel stack" aria-label={t("byDay")}>
				<div class="row">
					<Period days={days} />
					<span class="meta">{t("daysIn", { zone: campaign.timezone })}</span>
				</div>
				<Facts now={now} before={before} show={show} />
				<Chart now={now} before={before} show={show} />
				<Table days={now} />
				<p class="meta">
					{t("allTime", { joins: number(all_time.users), referrals: number(all_time.referrals),
						qualified: number(all_time.qualified_referrals) })}
				</p>
			</section>
			<TopReferrers list={top_referrers} />
		</>
	);
}
