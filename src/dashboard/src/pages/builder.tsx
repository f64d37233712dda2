// The builder: a campaign's settings in four steps, beside the real page.
import { CircleAlert } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { AfterStep } from "../builder/after-step";
import { type Draft, type Work, changesOf, draftOf, open, save } from "../builder/draft";
import { FormStep } from "../builder/form-step";
import { PagesStep } from "../builder/pages-step";
import { Preview } from "../builder/preview";
import { SettingsStep } from "../builder/settings-step";
import { STEPS, type Step, unsavedSteps, wrongSteps } from "../builder/steps";
import { take } from "../merge";
import { useLoad } from "../query";
import { href, route } from "../route";
import { canWrite } from "../session";
import { ActionBar } from "../ui/action-bar";
import { Needs } from "../ui/needs";
import { Failed, FailedPage, Skeleton, say } from "../ui/parts";
import { Status } from "../ui/status";
import { type Conflict, ConflictPanel } from "../ui/conflict";
import type { Words } from "../words/en";
import { t } from "../words";

const TITLES = { settings: "stepSettings", form: "stepForm", after: "stepAfter", pages: "stepPages" } as const;
const FORMS = { settings: SettingsStep, form: FormStep, after: AfterStep, pages: PagesStep } as const;

function Steps({ work, now }: { work: Work; now: Step }) {
	const unsaved = unsavedSteps(work);
	const wrong = wrongSteps(work);
	return (
		<nav class="tabs" aria-label={t("steps")}>
			{STEPS.map((step, i) => (
				<a key={step} href={href("campaigns", work.id, "edit", step)} aria-current={step === now ? "step" : undefined}>
					{i + 1} {t(TITLES[step])}
					{wrong.has(step) ? (
						<span class="wrong">
							<CircleAlert size={14} aria-hidden />
							<span class="hidden-text">{t("hasFault")}</span>
						</span>
					) : (
						unsaved.has(step) && <span class="meta"> {t("unsaved")}</span>
					)}
				</a>
			))}
		</nav>
	);
}

async function keep(work: Work): Promise<void> {
	if (await save(work)) say(t("saved"));
}

function discard(work: Work): void {
	const typed = work.draft.value;
	work.draft.value = draftOf(work.saved.value);
	work.problem.value = undefined;
	say(t("discarded"), () => (work.draft.value = typed));
}

/** Ctrl-S saves; closing the tab with something unsaved asks first. */
function useKeys(work: Work): void {
	useEffect(() => {
		const onKey = (e: KeyboardEvent) => {
			if (e.key !== "s" || !(e.ctrlKey || e.metaKey) || e.altKey) return;
			e.preventDefault();
			if (canWrite.value && unsavedSteps(work).size > 0) void keep(work);
		};
		const onLeave = (e: BeforeUnloadEvent) => unsavedSteps(work).size > 0 && e.preventDefault();
		window.addEventListener("keydown", onKey);
		window.addEventListener("beforeunload", onLeave);
		return () => {
			window.removeEventListener("keydown", onKey);
			window.removeEventListener("beforeunload", onLeave);
		};
	}, [work]);
}

const MEMBER_WORDS: Partial<Record<string, keyof Words>> = {
	name: "campaignName", lang: "pageLanguage", timezone: "timeZone", starts_at: "startsAt", ends_at: "endsAt",
	existing: "knownAddress", test_mode: "testMode", "pages.headline": "textHeadline", "pages.body": "textBody",
	"pages.button": "textButton", fields: "stepForm", redirect_url: "redirectUrl", logo_url: "logoUrl", colour: "colour",
};

function Conflicting({ work, conflict }: { work: Work; conflict: Conflict<Draft> }) {
	const theirs = () => {
		work.draft.value = take(work.draft.value, conflict.theirs, conflict.both);
		work.conflict.value = undefined;
	};
	const label = (member: string) => {
		const word = MEMBER_WORDS[member] ?? MEMBER_WORDS[member.split(".")[0] ?? ""];
		return word ? t(word) : member;
	};
	return (
		<ConflictPanel conflict={conflict} label={label} busy={work.busy.value} keepMine={() => void keep(work)} takeTheirs={theirs} />
	);
}

/** On a narrow screen the page is below the fields, and the bar is everywhere. */
function showPreview(): void {
	document.querySelector(".preview")?.scrollIntoView({ block: "start" });
}

function SaveBar({ work }: { work: Work }) {
	const dirty = Object.keys(changesOf(work)).length > 0;
	const problem = work.problem.value;
	return (
		<ActionBar unsaved={dirty}>
			{problem && (problem.status !== 422 || Object.keys(problem.fields).length === 0) && (
				<Failed problem={problem} again={problem.status === 0 ? () => void keep(work) : undefined} />
			)}
			{work.conflict.value && <Conflicting work={work} conflict={work.conflict.value} />}
			<div class="row">
				<span class="grow muted" role="status">
					{dirty ? t("unsavedChanges") : t("allSaved")}
				</span>
				<Needs />
				<button type="button" class="only-narrow" onClick={showPreview}>
					{t("preview")}
				</button>
				<button type="button" disabled={!dirty} onClick={() => discard(work)}>
					{t("throwAway")}
				</button>
				<button type="button" class="primary" aria-busy={work.busy.value} disabled={!dirty || !canWrite.value}
					onClick={() => void keep(work)}
					aria-keyshortcuts="Control+S">
					{t("save")}
				</button>
			</div>
		</ActionBar>
	);
}

function Editor({ work }: { work: Work }) {
	useKeys(work);
	useEffect(() => {
		if (work.found) say(t("keptText"));
		work.found = false;
	}, [work]);
	const step = STEPS.find((s) => s === route.value.path[3]) ?? "settings";
	const Form = FORMS[step];
	const { name, status } = work.saved.value;
	return (
		<>
			<div class="title">
				<h1>
					<a class="quiet" href={href("campaigns", work.id)}>
						{name}
					</a>
				</h1>
				<Status of={status} />
			</div>
			<Steps work={work} now={step} />
			<div class="builder">
				<div class="with-actions stack">
					<section class="panel" aria-label={t(TITLES[step])}>
						<fieldset class="stack all-fields" disabled={!canWrite.value}>
							<legend class="hidden-text">{t(TITLES[step])}</legend>
							<Form work={work} />
						</fieldset>
					</section>
					<SaveBar work={work} />
				</div>
				<Preview work={work} step={step} />
			</div>
		</>
	);
}

export function BuilderPage({ id }: { id: number }) {
	const { data, problem, reload } = useLoad(`builder/${id}`, () => open(id));
	if (problem && !data) return <FailedPage problem={problem} again={reload} list={href("campaigns")} title={t("campaign")} />;
	return data ? <Editor key={id} work={data} /> : <Skeleton height={480} />;
}
