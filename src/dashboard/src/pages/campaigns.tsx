// The first page: what is wrong, the numbers of seven days, a line for each campaign, the latest deliveries.
import { useEffect, useState } from "preact/hooks";
import { call, client } from "../api";
import { changes } from "../live";
import { CampaignLine } from "../campaign/line";
import { useLoad } from "../query";
import { go, href, route } from "../route";
import { canWrite } from "../session";
import { useSubmit } from "../ui/act";
import { Empty, Failed, Skeleton } from "../ui/parts";
import { FilterSelect } from "../ui/select";
import { DeliveryTable } from "../ui/delivery-table";
import { moment, number, t } from "../words";

const LIVE_MS = 5000;

const STATES = ["draft", "launched", "paused", "archived"] as const;
const STATE_WORDS = {
	draft: "statusDraft", launched: "statusLaunched", paused: "statusPaused", archived: "statusArchived",
} as const;

const daysAgo = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10);

function Troubles() {
	const { data } = useLoad("troubles", () => call(client.GET("/api/v2/webhooks")), LIVE_MS, changes("webhooks"));
	const disabled = data?.data.filter((w) => w.state === "disabled") ?? [];
	return (
		<>
			{data?.data.length === 0 && (
				<div class="notice hold">
					<span class="grow">{t("firstStepsText")}</span>
					<a class="button" href={href("start")}>
						{t("firstSteps")}
					</a>
				</div>
			)}
			{disabled.map((w) => (
				<div class="notice bad" key={w.id}>
					<span class="grow">
						{t("isDisabled", { time: moment(w.disabled_at), reason: `${w.name}: ${w.disabled_reason ?? ""}` })}
					</span>
					<a class="button" href={href("webhooks", w.id)}>
						{t("open")}
					</a>
				</div>
			))}
		</>
	);
}

function SevenDays() {
	const { data } = useLoad(
		"week",
		() => call(client.GET("/api/v2/analytics", { params: { query: { from: daysAgo(6) } } })),
		LIVE_MS,
		changes("users", "rewards"),
	);
	if (!data) return <Skeleton height={84} />;
	const { joins, referrals, qualified, rewards_due } = data.data.totals;
	const facts = [
		["joins", joins],
		["referrals", referrals],
		["qualified", qualified],
		["due", rewards_due],
	] as const;
	return (
		<section class="panel stack">
			<h2 class="hidden-text">{t("sevenDays")}</h2>
			<span class="meta">{t("sevenDays")}</span>
			<dl class="facts">
				{facts.map(([word, n]) => (
					<div key={word}>
						<dt>{t(word)}</dt>
						<dd>{number(n)}</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

function NewCampaign() {
	const [name, setName] = useState("");
	const { submit, busy, problem, again } = useSubmit(async () => {
		const made = await call(client.POST("/api/v2/campaigns", { body: { name } }));
		go("campaigns", made.data.id, "edit", "settings");
	});
	return (
		<form class="panel stack" onSubmit={submit}>
			<label>
				{t("campaignName")}
				<input required maxLength={200} value={name} onInput={(e) => setName(e.currentTarget.value)} autofocus />
			</label>
			{problem && <Failed problem={problem} again={again} />}
			<div class="row">
				<button class="primary" type="submit" aria-busy={busy}>
					{t("newCampaign")}
				</button>
			</div>
		</form>
	);
}

/** An empty server leads to its first event; archived campaigns are not in the list, but the server has them. */
async function startIfEmpty(): Promise<void> {
	const params = { query: { status: "archived", per_page: 1 } } as const;
	const archived = await call(client.GET("/api/v2/campaigns", { params }));
	if (archived.data.length === 0) location.replace(href("start"));
}

export function CampaignsPage() {
	const [adding, setAdding] = useState(false);
	const status = STATES.find((s) => s === route.value.query.get("status"));
	const list = useLoad(
		`campaigns?${status ?? ""}`,
		() => call(client.GET("/api/v2/campaigns", { params: { query: { with: "campaign.analytics", ...(status && { status }) } } })),
		LIVE_MS,
		changes("campaigns"),
	);
	const latest = useLoad(
		"latest",
		() => call(client.GET("/api/v2/deliveries", { params: { query: { per_page: 10, order: "-id" } } })),
		LIVE_MS,
		changes("deliveries"),
	);
	const campaigns = list.data?.data;
	const none = campaigns?.length === 0;
	useEffect(() => {
		if (none && !status) void startIfEmpty();
	}, [none, status]);
	return (
		<>
			<div class="title">
				<h1>{t("campaigns")}</h1>
				{!adding && campaigns && (!none || status) && (
					<button type="button" class="primary" disabled={!canWrite.value} onClick={() => setAdding(true)}>
						{t("newCampaign")}
					</button>
				)}
			</div>
			<Troubles />
			{adding && <NewCampaign />}
			<SevenDays />
			<div class="filters">
				<FilterSelect label={t("filterStatus")} name="status" every={false}>
					<option value="">{t("notArchived")}</option>
					{STATES.map((s) => (
						<option key={s} value={s}>
							{t(STATE_WORDS[s])}
						</option>
					))}
				</FilterSelect>
			</div>
			{list.problem && <Failed problem={list.problem} again={list.reload} />}
			{!campaigns && !list.problem && <Skeleton height={180} />}
			{none && <Empty>{t(status ? "campaignsNone" : "campaignsEmpty")}</Empty>}
			{campaigns && campaigns.length > 0 && (
				<ul class="panel campaigns">
					{campaigns.map((c) => (
						<CampaignLine key={c.id} campaign={c} changed={list.reload} />
					))}
				</ul>
			)}
			{latest.data && latest.data.data.length > 0 && (
				<section class="panel stack scroll">
					<h2>{t("latestDeliveries")}</h2>
					<DeliveryTable deliveries={latest.data.data} />
				</section>
			)}
		</>
	);
}
