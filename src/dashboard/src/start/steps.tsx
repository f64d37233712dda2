// What each of the first six steps shows while it is the next one: one thing to do, and why.
import { useState } from "preact/hooks";
import { type Schemas, base, call, client } from "../api";
import { Device } from "../builder/preview";
import { TextField } from "../builder/field";
import { href } from "../route";
import { canWrite } from "../session";
import { act, useOnce, useSubmit } from "../ui/act";
import { Needs, needsText } from "../ui/needs";
import { Copy, Failed, say } from "../ui/parts";
import { duration, t } from "../words";
import { ChangeLink } from "../webhook/remedy";
import { type Facts, linkCopied } from "./facts";

type Step = (props: { facts: Facts }) => preact.JSX.Element;

const NameStep: Step = ({ facts }) => {
	const [name, setName] = useState("");
	const once = useOnce();
	const { submit, busy, problem, again } = useSubmit(async () => {
		const body = { name };
		await once(body, (header) => call(client.POST("/api/v2/campaigns", { params: { header }, body })));
		facts.reload();
	});
	return (
		<form class="stack" onSubmit={submit}>
			<TextField label={t("campaignName")} hint={t("startNameHint")} value={name} max={200} set={setName}
				fault={problem?.fields["name"]?.[0]?.message} />
			{problem && !problem.fields["name"] && <Failed problem={problem} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy} class="primary" disabled={!canWrite.value}>
					{t("startNameButton")}
				</button>
				<Needs />
			</div>
		</form>
	);
};

const PageStep: Step = ({ facts }) => {
	const c = facts.campaign;
	if (!c) return <></>;
	return (
		<>
			<p>{t("startPageText")}</p>
			<div class="row">
				<a class="button primary" href={c.url} target="_blank" rel="noreferrer">
					{t("startPageButton")}
				</a>
				<a href={href("campaigns", c.id, "edit", "pages")}>{t("startPageEdit")}</a>
			</div>
			<Device url={`${base}/api/v2/campaigns/${c.id}/preview?page=join`} device="phone" />
		</>
	);
};

const LinkStep: Step = ({ facts }) => {
	const url = facts.campaign?.url ?? "";
	const copy = () => {
		linkCopied();
		navigator.clipboard?.writeText(url).catch(() => say(url)); // it can still be copied by hand
	};
	return (
		<>
			<p>{t("startLinkText")}</p>
			<pre class="bytes">{url}</pre>
			<div class="row">
				<button type="button" class="primary" onClick={copy}>
					{t("copyLink")}
				</button>
			</div>
		</>
	);
};

const WebhookStep: Step = ({ facts }) => {
	const [url, setUrl] = useState("");
	const once = useOnce();
	const { submit, busy, problem, again } = useSubmit(async () => {
		const name = URL.canParse(url) ? new URL(url).host : url;
		const body: Schemas["WebhookCreate"] = {
			name, campaign_id: facts.campaign?.id ?? null, url,
			events: ["user.join", "user.qualified"], types: ["person_referring", "person_invited"],
		};
		await once(body, (header) => call(client.POST("/api/v2/webhooks", { params: { header }, body })));
		facts.reload();
	});
	const fault = problem?.fields["url"]?.[0]?.message;
	return (
		<form class="stack" onSubmit={submit}>
			<p>{t("startWebhookText")}</p>
			<TextField label={t("startWebhookUrl")} type="url" value={url} set={setUrl} placeholder="https://hooks.example/referral"
				hint={t("startWebhookHint")} fault={fault} />
			{problem && !fault && <Failed problem={problem} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy} class="primary" disabled={!canWrite.value || url.trim() === ""}>
					{t("startWebhookButton")}
				</button>
				<Needs />
			</div>
		</form>
	);
};

const TestStep: Step = ({ facts }) => {
	const [running, setRunning] = useState(false);
	const [failure, setFailure] = useState<string>();
	const id = facts.webhook?.id ?? 0;
	const test = async () => {
		setRunning(true);
		setFailure(undefined);
		await act(async () => {
			const params = { path: { id: String(id) }, query: { wait: "10s" } };
			const { data } = await call(client.POST("/api/v2/webhooks/{id}/test", { params }));
			const last = "log" in data ? data.log.at(-1) : undefined;
			if (data.status === "delivered" && last)
				return t("testAnswered", { status: String(last.status), time: duration(last.duration_us.total) });
			setFailure([last?.status, last?.error, last?.detail].filter(Boolean).join(", ") || t("pending"));
			return undefined;
		});
		setRunning(false);
		facts.reload();
	};
	return (
		<>
			<p>{t("startTestText", { url: facts.webhook?.url ?? "" })}</p>
			{failure && (
				<div class="notice bad" role="alert">
					<span class="grow">{t("testFailed", { reason: failure })}</span>
					<a class="button" href={href("webhooks", id, "settings")}>
						{t("startChangeUrl")}
					</a>
				</div>
			)}
			<div class="row">
				<button type="button" class="primary" disabled={running || !canWrite.value} onClick={() => void test()}>
					{t("sendTest")}
				</button>
				<ChangeLink webhook={id} section="fields" />
				<Needs />
			</div>
		</>
	);
};

/** Jessica invites Byron. Their addresses are reserved for examples. */
async function addExamples(campaign_id: number): Promise<void> {
	const jessica = { campaign_id, first_name: "Jessica", email: "jessica@example.com" };
	const { data } = await call(client.POST("/api/v2/users", { body: jessica }));
	const referrer = { field: "code", value: data.code } as const;
	const byron = { campaign_id, first_name: "Byron", email: "byron@example.com", referrer };
	await call(client.POST("/api/v2/users", { body: byron }));
}

const QualifyStep: Step = ({ facts }) => {
	const { campaign, friend, inbound } = facts;
	const add = async () => {
		await act(async () => {
			await addExamples(campaign?.id ?? 0);
			return t("startAdded");
		});
		facts.reload();
	};
	if (!friend)
		return (
			<>
				<p>{t("startFriendText")}</p>
				<div class="row">
					<button type="button" class="primary" disabled={!canWrite.value} onClick={() => void add()}>
						{t("startFriendButton")}
					</button>
					<Needs />
				</div>
			</>
		);
	if (!inbound) return <p class="muted">{needsText("admin")}</p>;
	const line = `curl "${inbound}" -X POST -d "code=${friend.code}"`;
	return (
		<>
			<p>{t("startQualifyText", { name: friend.first_name })}</p>
			<pre class="bytes">{line}</pre>
			<div class="row">
				<Copy text={line} primary>
					{t("copyLine")}
				</Copy>
				<span class="muted" role="status">
					{t("startWaiting")}
				</span>
			</div>
		</>
	);
};

export const STEPS = [
	["startName", NameStep], ["startPage", PageStep], ["startLink", LinkStep], ["startWebhook", WebhookStep],
	["startTest", TestStep], ["startQualify", QualifyStep],
] as const;
