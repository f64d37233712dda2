// Small parts that every page uses: a moment, a copy button, errors, empty states, toasts.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "../api";
import { route } from "../route";
import { aboutField } from "../said";
import { moment, t } from "../words";

/** A moment in the reader's zone; UTC on hover, and when the row or the link has the focus. */
export function Moment({ at }: { at: string | null | undefined }) {
	return at ? (
		<time dateTime={at} data-utc={`${at.slice(0, 19).replace("T", " ")} UTC`}>
			{moment(at)}
		</time>
	) : (
		<>–</>
	);
}

export function Copy({ text, primary = false, children }: { text: string; primary?: boolean; children?: ComponentChildren }) {
	const [done, setDone] = useState(false);
	const copy = async () => {
		await navigator.clipboard.writeText(text);
		setDone(true);
		setTimeout(() => setDone(false), 2000);
	};
	return (
		<button type="button" class={primary ? "primary" : ""} onClick={copy} aria-live="polite">
			{done ? t("copied") : (children ?? t("copy"))}
		</button>
	);
}

export function problemText(problem: Problem): string {
	if (problem.status === 0) return t("noAnswer");
	const fields = Object.entries(problem.fields).map(([name, all]) => aboutField(name, all.map((e) => e.message).join(", ")));
	return fields.length > 0 ? fields.join(". ") : problem.message || t("failed", { status: String(problem.status) });
}

export function Failed({ problem, again }: { problem: Problem; again?: (() => void) | undefined }) {
	return (
		<div class="notice bad" role="alert">
			<span class="grow">{problemText(problem)}</span>
			{again && (
				<button type="button" onClick={again}>
					{t("tryAgain")}
				</button>
			)}
		</div>
	);
}

/** What the server says about a call that it knows, without the call: "No campaign has this id or code." */
function missingText(problem: Problem): string {
	const text = problemText(problem).replace(/: GET \/api.*$/, ".");
	return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** A whole page that cannot be shown. Nothing is to be tried again if the object does not exist. */
export function FailedPage({ problem, again, list, title }: { problem: Problem; again: () => void; list: string; title: string }) {
	return (
		<>
			<div class="title">
				<h1>{title}</h1>
			</div>
			{problem.status === 404 ? <div class="notice bad" role="alert">{missingText(problem)}</div> : <Failed problem={problem} again={again} />}
			<p>
				<a class="button" href={list}>
					{t("toTheList")}
				</a>
			</p>
		</>
	);
}

export function Empty({ children }: { children: ComponentChildren }) {
	return <div class="panel muted">{children}</div>;
}

export function Skeleton({ height }: { height: number }) {
	return <div class="skeleton" style={{ height }} role="status" aria-label={t("loading")} />;
}

interface Toast {
	text: string;
	undo?: (() => void) | undefined;
	page: string;
}

const page = () => route.value.path.join("/");

const toast = signal<Toast | undefined>(undefined);
let timer = 0;

/** Says what was done, with a way back where the API has one. */
export function say(text: string, undo?: () => void): void {
	toast.value = { text, undo, page: page() };
	clearTimeout(timer);
	timer = window.setTimeout(() => (toast.value = undefined), 8000);
}

export function Toasts() {
	const here = page();
	/* An undo is about its page: on another one, nobody would know what it undoes. */
	const now = toast.value?.undo && toast.value.page !== here ? undefined : toast.value;
	return (
		<div role="status">
			{now && (
				<div class="toast">
					{now.text}
					{now.undo && (
						<button
							type="button"
							onClick={() => {
								now.undo?.();
								toast.value = undefined;
							}}
						>
							{t("undo")}
						</button>
					)}
				</div>
			)}
		</div>
	);
}
