// The first page: what is wrong, the numbers of seven days, a line for each campaign, the latest deliveries.
import { useState } from "preact/hooks";
import { Problem, call, client } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { go, href } from "../route";
import { canWrite } from "../session";
import { Empty, Failed, Skeleton, Status } from "../ui/parts";
import { DeliveryTable } from "../ui/delivery-table";
import { moment, number, t } from "../words";

const LIVE_MS = 5000;

const daysAgo = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10);

function Troubles() {
	const { data } = useLoad("troubles", () => call(client.GET("/api/v2/webhooks")), LIVE_MS, changes("webhooks"));
	const disabled = data?.data.filter((w) => w.state === "disabled") ?? [];
	return (
		<>
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
	const [problem, setProblem] = useState<Problem>();
	const create = async (event: Event) => {
		event.preventDefault();
		try {
			const made = await call(client.POST("/api/v2/campaigns", { body: { name } }));
			go("campaigns", made.data.id);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			setProblem(error);
		}
	};
	return (
		<form class="panel stack" onSubmit={create}>
			<label>
				{t("campaignName")}
				<input required maxLength={200} value={name} onInput={(e) => setName(e.currentTarget.value)} autofocus />
			</label>
			{problem && <Failed problem={problem} />}
			<div class="row">
				<button class="primary" type="submit">
					{t("newCampaign")}
				</button>
			</div>
		</form>
	);
}

export function CampaignsPage() {
	const [adding, setAdding] = useState(false);
	const list = useLoad(
		"campaigns",
		() => call(client.GET("/api/v2/campaigns", { params: { query: { with: "campaign.analytics" } } })),
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
	const first = campaigns?.length === 0;
	return (
		<>
			<div class="title">
				<h1>{t("campaigns")}</h1>
				{!adding && !first && (
					<button type="button" class="primary" disabled={!canWrite.value} onClick={() => setAdding(true)}>
						{t("newCampaign")}
					</button>
				)}
			</div>
			<Troubles />
			{(adding || first) && <NewCampaign />}
			{!first && <SevenDays />}
			{list.problem && <Failed problem={list.problem} again={list.reload} />}
			{!campaigns && !list.problem && <Skeleton height={180} />}
			{first && <Empty>{t("campaignsEmpty")}</Empty>}
			{campaigns && campaigns.length > 0 && (
				<section class="panel scroll">
					<table class="table">
						<thead>
							<tr>
								<th>{t("name")}</th>
								<th>{t("status")}</th>
								<th class="number">{t("joins")}</th>
								<th class="number">{t("referrals")}</th>
								<th class="number">{t("qualified")}</th>
							</tr>
						</thead>
						<tbody>
							{campaigns.map((c) => (
								<tr key={c.id}>
									<td>
										<a class="cut" href={href("campaigns", c.id)}>
											{c.name}
										</a>
									</td>
									<td>
										<Status of={c.status} />
									</td>
									<td class="number" data-label={t("joins")}>{number(c.analytics?.users ?? 0)}</td>
									<td class="number" data-label={t("referrals")}>{number(c.analytics?.referrals ?? 0)}</td>
									<td class="number" data-label={t("qualified")}>
										{number(c.analytics?.qualified_referrals ?? 0)}
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</section>
			)}
			{!first && latest.data && latest.data.data.length > 0 && (
				<section class="panel stack scroll">
					<h2>{t("latestDeliveries")}</h2>
					<DeliveryTable deliveries={latest.data.data} />
				</section>
			)}
		</>
	);
}
