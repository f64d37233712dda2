// The rules that create rewards, with their counts and their coupon pools, and a form for a new rule.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { useLoad } from "../query";
import { href, route } from "../route";
import { canWrite } from "../session";
import { act, useOnce, useSubmit } from "../ui/act";
import { takeFocus } from "../ui/field";
import { Needs } from "../ui/needs";
import { EndRule } from "../reward/end-rule";
import { Empty, Failed, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { minorUnits, placesOfCurrency } from "../user/money";
import { money, number, percent, t } from "../words";
import { type Metric, metricWords, metrics, tabWords } from "./rewards";

type Rule = Schemas["RewardRule"];

function worthOf(rule: Rule): string {
	if (rule.metric === "amount") return money(rule.amount_display ?? "0", rule.currency);
	if (rule.metric === "commission") return percent((rule.percent ?? 0) / 100, 2);
	return t(metricWords[rule.metric]);
}

/** "For the referrer, when a friend becomes a customer." */
function Terms({ rule, campaign }: { rule: Rule; campaign: string | undefined }) {
	const when = t(rule.trigger === "join" ? "ruleOnJoin" : "ruleOnQualify");
	const who = t(rule.recipient === "referrer" ? "ruleForReferrer" : "ruleForFriend");
	return (
		<p class="muted target">
			<a href={href("campaigns", rule.campaign_id)}>{campaign ?? `${t("campaign")} ${rule.campaign_id}`}</a> · {when} · {who}
		</p>
	);
}

/** "65 rewards wait, 20 codes are left: upload 45." A reward takes its coupon when it is issued. */
function poolText(left: number, all: number, due: number): string {
	if (left === 0 && due > 0) return t("poolEmpty", { n: due });
	if (all === 0) return t("noPool");
	return left < due ? t("poolShort", { n: due, left, missing: due - left }) : t("poolLeft", { n: left, all: number(all) });
}

function Pool({ rule, added }: { rule: Rule; added: () => void }) {
	const [codes, setCodes] = useState("");
	const wanted = route.value.query.get("upload") === String(rule.id);
	const [open, setOpen] = useState(wanted);
	const area = useRef<HTMLTextAreaElement>(null);
	useEffect(() => {
		if (wanted) area.current?.focus();
	}, []);
	if (rule.coupons === null) return null;
	const upload = async (event: Event) => {
		event.preventDefault();
		const lines = codes.split(/\s+/).filter(Boolean);
		const params = { path: { id: String(rule.id) } };
		const worked = await act(async () => {
			await call(client.POST("/api/v2/reward-rules/{id}/coupons", { params, body: { codes: lines } }));
			return t("codesAdded", { n: lines.length });
		});
		if (!worked) return;
		setCodes("");
		setOpen(false);
		added();
	};
	const { left, added: all } = rule.coupons;
	const { due } = rule.rewards;
	const low = left < due || left * 10 < all;
	return (
		<>
			<div class={left === 0 ? "notice bad" : low ? "notice wait" : "row"}>
				<span class="grow">
					{poolText(left, all, due)}
				</span>
				<button type="button" disabled={!canWrite.value} onClick={() => setOpen(!open)} aria-expanded={open}>
					{t("uploadCodes")}
				</button>
				<Needs />
			</div>
			{open && (
				<form class="stack" onSubmit={upload}>
					<label for={`codes-${rule.id}`}>{t("codesByLine")}</label>
					<textarea
						ref={area}
						id={`codes-${rule.id}`}
						rows={6}
						required
						value={codes}
						onInput={(e) => setCodes(e.currentTarget.value)}
					/>
					<div class="row">
						<button type="submit">{t("uploadCodes")}</button>
					</div>
				</form>
			)}
		</>
	);
}

/** `asked`: the reader opened the form, so it takes the focus. */
function NewRule({ made, asked }: { made: () => void; asked: boolean }) {
	const campaigns = useLoad("campaign names", () => call(client.GET("/api/v2/campaigns")));
	const [form, setForm] = useState({ campaign: "", name: "", metric: "amount" as Metric, amount: "", currency: "EUR", trigger: "qualify" as Rule["trigger"], recipient: "referrer" as Rule["recipient"] });
	const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
	const once = useOnce();
	const { submit, busy, problem, again } = useSubmit(async () => {
		const worth = {
			amount: { amount: minorUnits(form.amount, placesOfCurrency(form.currency)) ?? 0, currency: form.currency },
			commission: { percent: Number(form.amount.replace(",", ".")), currency: form.currency },
			coupon: { auto_issue: true },
			custom: {},
		}[form.metric];
		const rule = { campaign_id: Number(form.campaign), name: form.name, metric: form.metric, trigger: form.trigger, recipient: form.recipient, ...worth };
		await once(rule, (header) => call(client.POST("/api/v2/reward-rules", { params: { header }, body: rule })));
		setForm({ ...form, name: "", amount: "" });
		made();
	});
	const priced = form.metric === "amount" || form.metric === "commission";
	return (
		<form class="panel stack" onSubmit={submit}>
			<h2>{t("newRule")}</h2>
			<div class="filters">
				<div class="filter">
					<label for="rule-campaign">{t("campaign")}</label>
					<select
						id="rule-campaign"
						ref={asked ? takeFocus : null}
						required
						value={form.campaign}
						onChange={(e) => set({ campaign: e.currentTarget.value })}
					>
						<option value="" />
						{campaigns.data?.data.map((c) => (
							<option key={c.id} value={c.id}>
								{c.name}
							</option>
						))}
					</select>
				</div>
				<div class="filter">
					<label for="rule-name">{t("ruleName")}</label>
					<input id="rule-name" required value={form.name} onInput={(e) => set({ name: e.currentTarget.value })} />
				</div>
				<div class="filter">
					<label for="rule-metric">{t("metric")}</label>
					<select
						id="rule-metric"
						value={form.metric}
						onChange={(e) => set({ metric: e.currentTarget.value as Metric })}
					>
						{metrics.map((one) => (
							<option key={one} value={one}>
								{t(metricWords[one])}
							</option>
						))}
					</select>
				</div>
				<div class="filter long-filter">
					<label for="rule-trigger">{t("ruleWhen")}</label>
					<select id="rule-trigger" value={form.trigger} onChange={(e) => set({ trigger: e.currentTarget.value as Rule["trigger"] })}>
						<option value="qualify">{t("ruleOnQualify")}</option>
						<option value="join">{t("ruleOnJoin")}</option>
					</select>
				</div>
				<div class="filter long-filter">
					<label for="rule-recipient">{t("ruleWho")}</label>
					<select id="rule-recipient" value={form.recipient} onChange={(e) => set({ recipient: e.currentTarget.value as Rule["recipient"] })}>
						<option value="referrer">{t("ruleForReferrer")}</option>
						<option value="invited">{t("ruleForFriend")}</option>
					</select>
				</div>
				{priced && (
					<>
						<div class="filter">
							<label for="rule-amount">{form.metric === "amount" ? t("amount") : t("percent")}</label>
							<input
								id="rule-amount"
								required
								inputMode="decimal"
								pattern="\d+([.,]\d{1,4})?"
								value={form.amount}
								onInput={(e) => set({ amount: e.currentTarget.value })}
							/>
						</div>
						<div class="filter">
							<label for="rule-currency">{t("currency")}</label>
							<input
								id="rule-currency"
								required
								maxLength={3}
								value={form.currency}
								onInput={(e) => set({ currency: e.currentTarget.value.toUpperCase() })}
							/>
						</div>
					</>
				)}
				<button type="submit" aria-busy={busy} class="primary" disabled={!canWrite.value}>
					{t("createRule")}
				</button>
				<Needs />
			</div>
			{problem && <Failed problem={problem} again={again} />}
		</form>
	);
}

export function RewardRules() {
	const { data, problem, reload } = useLoad("rules", () => call(client.GET("/api/v2/reward-rules", { params: { query: { per_page: 250 } } })), 5000);
	const campaigns = useLoad("campaign names", () => call(client.GET("/api/v2/campaigns")));
	const nameOf = new Map(campaigns.data?.data.map((c) => [c.id, c.name]));
	const [adding, setAdding] = useState(false);
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={320} />;
	const made = () => {
		setAdding(false);
		reload();
	};
	return (
		<>
			{adding || data.data.length === 0 ? (
				<NewRule made={made} asked={adding} />
			) : (
				<div class="row">
					<button type="button" class="primary" disabled={!canWrite.value} onClick={() => setAdding(true)}>
						{t("newRule")}
					</button>
					<Needs />
				</div>
			)}
			{data.data.length === 0 && <Empty>{t("noRules")}</Empty>}
			{data.data.map((rule) => (
				<section class="panel stack" key={rule.id}>
					<div class="title">
						<h2 class="grow wrap">{rule.name}</h2>
						{rule.archived_at && <Status of="archived" />}
						<span>{worthOf(rule)}</span>
					</div>
					<Terms rule={rule} campaign={nameOf.get(rule.campaign_id)} />
					<dl class="facts">
						{(["due", "issued", "cancelled"] as const).map((word) => (
							<div key={word}>
								<dt>{t(tabWords[word])}</dt>
								<dd>{number(rule.rewards[word])}</dd>
							</div>
						))}
						<div>
							<dt>{t("takeBack")}</dt>
							<dd>{number(rule.rewards.clawbacks)}</dd>
						</div>
					</dl>
					{rule.rewards.clawbacks > 0 && (
						<div class="notice hold">
							<span class="grow">{t("takeBackWaits", { n: rule.rewards.clawbacks })}</span>
							<a class="button" href={href("rewards", "issued", { metric: rule.metric, rule_id: rule.id })}>
								{t("showIssued")}
							</a>
						</div>
					)}
					<Pool rule={rule} added={reload} />
					{!rule.archived_at && <EndRule rule={rule} ended={reload} />}
				</section>
			))}
		</>
	);
}
