// Single keys: `/` filter, `j k` rows, Esc back, `?` list, and the keys that a page adds. They can be turned off.
import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { back, route } from "../route";
import { kept } from "./keep";

const ROWS_MS = 5000; // so long a key waits for the rows of a list
const mac = /Mac|iPhone|iPad/.test(navigator.platform);
export const paletteKey = mac ? "⌘K" : "Ctrl K";
export const singleKeys = kept("referd.keys", ["on", "off"]);
/** What lies over the page. */
export const overlay = signal<"keys" | "palette" | "more" | undefined>(undefined);

type Keys = Record<string, () => void>;
const ofPages: Keys[] = [];

/** Keys of a page, while it is shown: useKeys({ r: showRequest }). */
export function useKeys(keys: Keys): void {
	useLayoutEffect(() => {
		ofPages.push(keys);
		return () => void ofPages.splice(ofPages.indexOf(keys), 1);
	});
}

const BUTTONS = ["button", "checkbox", "radio", "submit", "reset", "file", "color", "range"];

function takesText(element: Element | null): element is HTMLElement {
	if (element instanceof HTMLInputElement) return !BUTTONS.includes(element.type);
	return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement ||
		(element instanceof HTMLElement && element.isContentEditable);
}

function focusFilter(): boolean {
	const field = document.querySelector<HTMLElement>("main input[type=search], main .filters input, main .filters select");
	field?.focus();
	return field !== null;
}

/** Rows that `j` and `k` still have to go, because a long list draws and loads them only after it was scrolled. */
let stepsLeft = 0;
let giveUpAt = 0;

function goOn(): void {
	const steps = stepsLeft;
	stepsLeft = 0;
	if (performance.now() > giveUpAt || !document.activeElement?.closest("main tr")) return;
	for (let i = 0; i < Math.abs(steps); i++) moveRow(Math.sign(steps));
}

/** Is the row beyond this one not drawn, or not loaded yet? */
function isAtGap(row: Element | undefined, step: number): boolean {
	const beyond = step > 0 ? row?.nextElementSibling : row?.previousElementSibling;
	return beyond ? beyond.querySelector("a, button") === null : false;
}

/** Moves the focus to the first link of the next row, so that Enter opens it. */
function moveRow(step: number): boolean {
	if (stepsLeft !== 0) {
		stepsLeft += step; // after the steps before it
		return true;
	}
	const rows = [...document.querySelectorAll("main tbody tr, main [data-row]")].filter((r) => r.querySelector("a, button"));
	const now = rows.findIndex((row) => row.contains(document.activeElement));
	const next = now < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, now + step));
	if (next === now && isAtGap(rows[now], step)) {
		stepsLeft = step;
		requestAnimationFrame(goOn);
	}
	const target = rows[next]?.querySelector<HTMLElement>("a, button");
	target?.focus();
	target?.scrollIntoView({ block: "nearest" });
	return target !== null && target !== undefined;
}

/** Text that was typed on this page would be lost by going back, so Esc then does nothing. */
let typedOn: string | undefined;
const here = () => route.peek().path.join("/");

function goBack(): boolean {
	if (route.peek().path.length < 2 || typedOn === here()) return false;
	back();
	return true;
}

function run(key: string): boolean {
	if (singleKeys.peek() === "off") return false;
	for (const keys of ofPages) {
		const action = keys[key];
		if (action) {
			action();
			return true;
		}
	}
	if (key === "/") return focusFilter();
	if (key === "j" || key === "k") {
		giveUpAt = performance.now() + ROWS_MS;
		return moveRow(key === "j" ? 1 : -1);
	}
	if (key === "Escape") return goBack();
	if (key !== "?") return false;
	overlay.value = "keys";
	return true;
}

function onKey(event: KeyboardEvent): void {
	if (event.defaultPrevented || event.isComposing) return;
	const command = event.ctrlKey || event.metaKey;
	if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
		event.preventDefault();
		overlay.value = overlay.value === "palette" ? undefined : "palette";
		return;
	}
	if (command || event.altKey || document.querySelector("dialog[open]")) return;
	const focused = document.activeElement;
	if (takesText(focused)) {
		if (event.key === "Escape") focused.blur();
	} else if (run(event.key)) event.preventDefault();
}

/** For the frame: keys work while somebody is signed in. */
export function useFrameKeys(active: boolean): void {
	useLayoutEffect(() => {
		if (!active) return;
		const typed = () => (typedOn = here());
		document.addEventListener("keydown", onKey);
		document.addEventListener("input", typed);
		return () => {
			document.removeEventListener("keydown", onKey);
			document.removeEventListener("input", typed);
		};
	}, [active]);
}
