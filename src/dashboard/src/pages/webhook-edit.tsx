// The form of the wizard for a new webhook and of the editor of an existing webhook.
import { useRef, useState } from "preact/hooks";
import { type Problem, type Schemas, attempt, call, client } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { go, href, route } from "../route";
import { act } from "../ui/act";
import { FailedPage, Skeleton, Status, say } from "../ui/parts";
import { t } from "../words";
import { type Draft, bodyOf, changesOf, draftOf, emptyDraft } from "../webhook/draft";
import { WebhookForm } from "../webhook/form";
import { remember } from "../webhook/known";
import { OutcomePanel, sendTest } from "../webhook/outcome";
import { WebhookTabs } from "../webhook/tabs";
import { SecretPanel } from "../webhook/secret-panel";
import { StatePanel } from "../webhook/state-panel";

/** The unsaved input by webhook; 0 is the new webhook. It stays while the person looks at another page. */
const typed = new Map<number, Draft>();

function useDraft(id: number, start: () => Draft) {
	const [draft, setDraft] = useState(() => typed.get(id) ?? start());
	const change = (to: Draft) => {
		typed.set(id, to);
		setDraft(to);
	};
	const forget = (to: Draft) => {
		typed.delete(id);
		setDraft(to);
	};
	return { draft, change, forget };
}

/** Saves and perhaps tests; a failed test keeps the webhook. */
function useSaving() {
	const [busy, setBusy] = useState(false);
	const [refusal, setRefusal] = useState<Problem>();
	const running = useRef(false);
	const run = async (work: () => Promise<void>) => {
		if (running.current) return;
		running.current = true;
		setBusy(true);
		setRefusal(undefined);
		setRefusal(await attempt(work));
		setBusy(false);
		running.current = false;
	};
	return { busy, refusal, forgive: () => setRefusal(undefined), run };
}

/** The webhook is saved, even if its test cannot begin. */
const testAfterwards = (id: number, secret?: string) => act(() => sendTest(id, secret));

export function NewWebhookPage() {
	const campaign = Number(route.value.query.get("campaign")) || null;
	const { draft, change, forget } = useDraft(0, () => emptyDraft(campaign));
	const saving = useSaving();
	const differs = Object.keys(changesOf(emptyDraft(campaign), draft)).length > 0;
	const save = (test: boolean) =>
		saving.run(async () => {
			const body = { ...bodyOf(draft), name: draft.name.trim() };
			const { data } = await call(client.POST("/api/v2/webhooks", { body }));
			forget(emptyDraft(campaign));
			go("webhooks", data.id, "settings");
			if (test) await testAfterwards(data.id, data.secret);
			else say(t("webhookSaved"));
		});
	return (
		<>
			<div class="title">
				<h1>{t("newWebhook")}</h1>
			</div>
			<WebhookForm
				draft={draft}
				onChange={(to) => {
					saving.forgive();
					change(to);
				}}
				allOpen={false}
				busy={saving.busy}
				refusal={saving.refusal}
				again={saving.refusal?.status === 0 ? () => void save(false) : undefined}
				onSave={save}
				onDiscard={differs ? () => forget(emptyDraft(campaign)) : undefined}
			/>
		</>
	);
}

function Editor({ webhook, reload }: { webhook: Schemas["Webhook"]; reload: () => void }) {
	const [stored, setStored] = useState(() => draftOf(webhook));
	const { draft, change, forget } = useDraft(webhook.id, () => stored);
	const saving = useSaving();
	const path = { id: String(webhook.id) };
	const changes = changesOf(stored, draft);
	const changed = Object.keys(changes).length > 0;
	const save = (test: boolean) =>
		saving.run(async () => {
			if (changed) {
				const { data } = await call(client.PUT("/api/v2/webhooks/{id}", { params: { path }, body: changes }));
				const now = draftOf(data);
				setStored(now);
				forget(now);
				reload();
				if (data.notice) say(t("headersDropped", { list: (data.dropped_headers ?? []).join(", ") }));
				else if (!test) say(t("webhookSaved"));
			}
			if (test) await testAfterwards(webhook.id);
		});
	return (
		<>
			<OutcomePanel webhook={webhook.id} />
			<WebhookForm
				draft={draft}
				onChange={(to) => {
					saving.forgive();
					change(to);
				}}
				allOpen
				busy={saving.busy}
				refusal={saving.refusal}
				again={saving.refusal?.status === 0 ? () => void save(false) : undefined}
				onSave={save}
				onDiscard={changed ? () => forget(stored) : undefined}
			/>
			<SecretPanel webhook={webhook} reload={reload} />
			<StatePanel webhook={webhook} reload={reload} />
		</>
	);
}

export function WebhookSettingsPage({ id }: { id: number }) {
	const path = { id: String(id) };
	const loaded = useLoad(
		`webhook/${id}`,
		async () => remember(await call(client.GET("/api/v2/webhooks/{id}", { params: { path } }))),
		10_000,
		changes("webhooks"),
	);
	if (loaded.problem && !loaded.data) return <FailedPage problem={loaded.problem} again={loaded.reload} list={href("webhooks")} title={t("webhook")} />;
	if (!loaded.data) return <Skeleton height={600} />;
	const webhook = loaded.data.data;
	return (
		<>
			<div class="title">
				<h1>{webhook.name}</h1>
				<Status of={webhook.state} />
				<a class="button" href={href("webhooks", id)}>
					{t("backToWebhook")}
				</a>
			</div>
			<WebhookTabs id={id} at="settings" />
			<Editor webhook={webhook} reload={loaded.reload} />
		</>
	);
}
