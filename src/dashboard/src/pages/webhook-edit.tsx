// The form of the wizard for a new webhook and of the editor of an existing webhook.
import { useRef, useState } from "preact/hooks";
import { type Problem, type Schemas, attempt, call, client, versioned } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { go, href, route } from "../route";
import { act, makeOnce } from "../ui/act";
import { type Conflict, ConflictPanel } from "../ui/conflict";
import { FailedPage, Skeleton, say } from "../ui/parts";
import { Status } from "../ui/status";
import { t } from "../words";
import { type Draft, bodyOf, changesOf, draftOf, emptyDraft } from "../webhook/draft";
import { WebhookForm } from "../webhook/form";
import { remember } from "../webhook/known";
import { type Base, labelOf, save as saveOver, withMembers } from "../webhook/save";
import { NewSecret, TestOutcome, forgetTest, sendTest } from "../webhook/outcome";
import { WebhookTabs } from "../webhook/tabs";
import { SecretPanel } from "../webhook/secret-panel";
import { StatePanel } from "../webhook/state-panel";

/** The unsaved input by webhook; 0 is the new webhook. It stays while the person looks at another page. */
const typed = new Map<number, Draft>();

/** What such input began with: somebody else may have changed the webhook since then. */
const bases = new Map<number, Base>();

/** The key of an unanswered creation stays as long as the input. */
const creating = makeOnce();

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
			const send = (header: { "Idempotency-Key": string }) => call(client.POST("/api/v2/webhooks", { params: { header }, body }));
			const { data } = await creating(body, send);
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

function Editor({ webhook, etag, reload }: { webhook: Schemas["Webhook"]; etag: string; reload: () => void }) {
	const { id } = webhook;
	const [base, setBase] = useState(() => (typed.has(id) && bases.get(id)) || { stored: draftOf(webhook), etag });
	const [conflict, setConflict] = useState<Conflict<Draft>>();
	const { draft, change, forget } = useDraft(id, () => base.stored);
	const saving = useSaving();
	const changed = Object.keys(changesOf(base.stored, draft)).length > 0;
	const save = (test: boolean) =>
		saving.run(async () => {
			if (changed) {
				const saved = await saveOver(id, base, draft);
				bases.set(id, saved.base);
				setBase(saved.base);
				setConflict(saved.conflict);
				reload();
				if (!saved.webhook) return change(saved.draft);
				forget(saved.draft);
				const dropped = saved.webhook.dropped_headers ?? [];
				if (saved.webhook.notice) say(t("headersDropped", { list: dropped.join(", ") }));
				else if (!test) say(t("webhookSaved"));
			}
			if (test) await testAfterwards(id);
		});
	return (
		<>
			<NewSecret webhook={id} />
			{conflict && (
				<ConflictPanel conflict={conflict} label={labelOf} busy={saving.busy} keepMine={() => void save(false)}
					takeTheirs={() => {
						change(withMembers(draft, conflict.theirs, conflict.both));
						setConflict(undefined);
					}}
				/>
			)}
			<WebhookForm
				draft={draft}
				onChange={(to) => {
					saving.forgive();
					forgetTest(id);
					bases.set(id, base);
					change(to);
				}}
				allOpen
				busy={saving.busy}
				refusal={saving.refusal}
				again={saving.refusal?.status === 0 ? () => void save(false) : undefined}
				onSave={save}
				onDiscard={changed ? () => forget(base.stored) : undefined}
				outcome={<TestOutcome webhook={id} />}
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
		async () => remember(await versioned(client.GET("/api/v2/webhooks/{id}", { params: { path } }))),
		10_000,
		changes("webhooks"),
	);
	if (loaded.problem && !loaded.data) return <FailedPage problem={loaded.problem} again={loaded.reload} list={href("webhooks")} title={t("webhook")} />;
	if (!loaded.data) return <Skeleton height={600} />;
	const { data: webhook, etag } = loaded.data;
	return (
		<>
			<div class="title">
				<h1>{webhook.name}</h1>
				<Status of={webhook.penalised ? "penalised" : webhook.state} />
				<a class="button" href={href("webhooks", id)}>
					{t("backToWebhook")}
				</a>
			</div>
			<WebhookTabs id={id} at="settings" />
			<Editor webhook={webhook} etag={etag} reload={loaded.reload} />
		</>
	);
}
