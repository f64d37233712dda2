// The first page: what is wrong, the numbers of seven days, a line for each campaign, the latest deliveries.
import { useEffect, useState } from "preact/hooks";
import { call, client } from "../api";
import { changes } from "../live";
import { CampaignLine } from "../campaign/line";
import { SevenDays } from "../campaign/seven-days";
import { Troubles } from "../campaign/troubles";
import { type Loaded, useLoad } from "../query";
import { go, href, route } from "../route";
import { canWrite } from "../session";
import { useOnce, useSubmit } from "../ui/act";
import { takeFocus } from "../ui/field";
import { Needs } from "../ui/needs";
import { Empty, Failed, Skeleton } from "../ui/parts";
import { FilterSelect } from "../ui/select";
import { DeliveryTable } from "../ui/delivery-table";
import { Together } from "../ui/together";
import { remember } from "../webhook/known";
import { t } from "../words";

const LIVE_MS = 5000;
const DAYS = 30; // of the small chart

const STATES = ["draft", "launched", "paused", "archived"] as const;
const STATE_WORDS = {
	draft: "statusDraft", launched: "statusLaunched", paused: "statusPaused", archived: "statusArchived",
} as const;

function NewCampaign() {
	const [name, setName] = useState("");
	const once = useOnce();
	const { submit, busy, problem, again } = useSubmit(async () => {
		const body = { name };
		const made = await once(body, (header) => call(client.POST("/api/v2/campaigns", { params: { header }, body })));
		go("campaigns", made.data.id, "edit", "settings");
	});
	return (
		<form class="panel stack" onSubmit={submit}>
			<label>
				{t("campaignName")}
				<input required maxLength={200} value={name} onInput={(e) => setName(e.currentTarget.value)} ref={takeFocus} />
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

const here = (loaded: Loaded<unknown>) => loaded.data !== undefined || loaded.problem !== undefined;

export function CampaignsPage() {
	const [adding, setAdding] = useState(false);
	const status = STATES.find((s) => s === route.value.query.get("status"));
	const list = useLoad(
		`campaigns?${status ?? ""}`,
		() => call(client.GET("/api/v2/campaigns", { params: { query: { with: "campaign.analytics", days: DAYS, ...(status && { status }) } } })),
		LIVE_MS,
		changes("campaigns"),
	);
	const latest = useLoad(
		"latest",
		() => call(client.GET("/api/v2/deliveries", { params: { query: { per_page: 10, order: "-id" } } })),
		LIVE_MS,
		changes("deliveries"),
	);
	const webhooks = useLoad("webhook names", async () => remember(await call(client.GET("/api/v2/webhooks", { params: { query: { per_page: 250 } } }))));
	/* A tablet has no room for another column. */
	const names = window.innerWidth >= 1024 || window.innerWidth < 768 ? new Map(webhooks.data?.data.map((w) => [w.id, w.name])) : undefined;
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
				<Needs />
			</div>
			<Together parts={2} here={here(list) && here(latest)} height={640}>
				{(arrived) => (
					<>
						<Troubles arrived={arrived} />
						{adding && <NewCampaign />}
						<SevenDays arrived={arrived} />
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
								<div class="row">
									<h2 class="grow">{t("latestDeliveries")}</h2>
									<a href={href("deliveries")}>{t("everyDelivery")}</a>
								</div>
								<DeliveryTable deliveries={latest.data.data} {...(names && { names })} />
							</section>
						)}
					</>
				)}
			</Together>
		</>
	);
}
