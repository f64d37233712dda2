// A test of a webhook, and how it ended. The outcome stays while the address changes from the new webhook to the saved one.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, client, type Schemas } from "../api";
import { becauseOf, codeOf, hostOf } from "../delivery/reason";
import { href } from "../route";
import { canWrite } from "../session";
import { act } from "../ui/act";
import { Copy } from "../ui/parts";
import { seconds, t } from "../words";
import { knownWebhook } from "./known";
import { ChangeLink, sectionFor } from "./remedy";

type Attempt = Schemas["DeliveryWithLog"]["log"][number];

interface Outcome {
	webhook: number;
	secret?: string | undefined; // of a webhook that was just made
	delivery?: number | undefined;
	attempt?: Attempt | undefined;
	delivered?: boolean;
	testing: boolean;
}

export const outcome = signal<Outcome | undefined>(undefined);

/** Sends the made-up event, and waits for the first attempt. */
export async function sendTest(webhook: number, secret?: string): Promise<void> {
	outcome.value = { webhook, secret, testing: true };
	try {
		const path = { id: String(webhook) };
		const { data } = await call(
			client.POST("/api/v2/webhooks/{id}/test", { params: { path, query: { wait: "15s" } } }),
		);
		const attempt = "log" in data ? data.log.at(-1) : undefined;
		const delivered = data.status === "delivered";
		outcome.value = { webhook, secret, delivery: data.id, attempt, delivered, testing: false };
	} catch (error) {
		outcome.value = secret === undefined ? undefined : { webhook, secret, testing: false };
		throw error;
	}
}

/** The end of a test in words. A failure says what to do, and its code stays beside it. */
function Said({ of: o }: { of: Outcome }) {
	if (!o.attempt) return <span class="grow">{t(knownWebhook(o.webhook)?.penalised ? "testWaits" : "testNoAnswer")}</span>;
	if (o.delivered) {
		const time = seconds(o.attempt.duration_us.total);
		return <span class="grow">{t("testAnswered", { status: String(o.attempt.status), time })}</span>;
	}
	const url = knownWebhook(o.webhook)?.url;
	const failure = { ...o.attempt, host: url && hostOf(url) };
	return (
		<div class="grow">
			<p>
				{t("testFailedKept")} {becauseOf(failure)}
			</p>
			<p class="mono wrap">{codeOf(failure)}</p>
		</div>
	);
}

function NextSteps({ of: o }: { of: Outcome }) {
	const section = o.attempt && !o.delivered ? sectionFor(o.attempt) : undefined;
	return (
		<>
			{o.attempt && !o.delivered && (
				<button type="button" disabled={!canWrite.value} onClick={() => void act(() => sendTest(o.webhook, o.secret))}>
					{t("testAgain")}
				</button>
			)}
			{section && <ChangeLink webhook={o.webhook} section={section} />}
		</>
	);
}

/** How the last test ended. The form's action bar shows it, so it is in view wherever the reader has scrolled. */
export function TestOutcome({ webhook }: { webhook: number }) {
	const o = outcome.value;
	return (
		<div class="outcome" role="status">
			{o?.webhook === webhook && <Ended of={o} />}
		</div>
	);
}

function Ended({ of: o }: { of: Outcome }) {
	return (
		<>
			{o.testing && <div class="notice hold">{t("testRunning")}</div>}
			{!o.testing && o.delivery !== undefined && (
				<div class={`notice ${o.delivered ? "ok" : "bad"}`} data-test={o.delivered ? "delivered" : "failed"}>
					<Said of={o} />
					<NextSteps of={o} />
					<a class="button" href={href("deliveries", o.delivery, o.delivered ? { tab: "request" } : {})}>
						{t("showDelivery")}
					</a>
				</div>
			)}
		</>
	);
}

/** The secret of a webhook that was just made. The outcome ends with the page that shows it. */
export function NewSecret({ webhook }: { webhook: number }) {
	const o = outcome.value;
	useEffect(() => () => void (outcome.value = undefined), []);
	if (o?.webhook !== webhook || o.secret === undefined) return null;
	return (
		<div class="panel stack">
			<strong>{t("secretOfNew")}</strong>
			<p class="meta">{t("secretHelp")}</p>
			<div class="row">
				<code class="grow wrap">{o.secret}</code>
				<Copy text={o.secret} />
			</div>
		</div>
	);
}

/** Changed settings make an outcome old; the secret stays. */
export function forgetTest(webhook: number): void {
	const o = outcome.peek();
	if (o?.webhook === webhook && !o.testing) outcome.value = o.secret === undefined ? undefined : { webhook, secret: o.secret, testing: false };
}

export function OutcomePanel({ webhook }: { webhook: number }) {
	return (
		<>
			<TestOutcome webhook={webhook} />
			<NewSecret webhook={webhook} />
		</>
	);
}
