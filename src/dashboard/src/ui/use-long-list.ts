// The list of a page, kept for the reader who comes back to it.
import { useEffect, useMemo, useReducer, useRef } from "preact/hooks";
import type { Concerns } from "../live";
import { useFollow } from "../query";
import { cameBack } from "../route";
import { type LoadPage, LongList, type Outline, TOP, isAtTop } from "./long-list";
import { perPage } from "./per-page";
import { placeBefore } from "./place";

const KEPT = 3;
let kept: { key: string; list: { outline: Outline } }[] = [];

const NAME = "referd.list";
const PAGES_MAX = 1000; // of an outline that a reload keeps

window.addEventListener("pagehide", () => {
	const [last] = kept;
	const outline = last?.list.outline;
	if (outline && outline.pages.length <= PAGES_MAX) sessionStorage.setItem(NAME, JSON.stringify({ key: last?.key, outline }));
	else sessionStorage.removeItem(NAME);
});

/** The outline of the list that was on the page before a reload, for a reader who had scrolled down. Used once. */
function outlineBefore(key: string): Outline | undefined {
	const text = sessionStorage.getItem(NAME);
	sessionStorage.removeItem(NAME);
	if (!text || !placeBefore || placeBefore.top <= TOP) return undefined;
	const stored = JSON.parse(text) as { key: string; outline: Outline };
	const count = stored.outline.pages[0]?.count ?? 0; // more than a page has now, if the window was wider
	return stored.key === key && count <= perPage(undefined) ? stored.outline : undefined;
}

function listOf<Row extends { id: number }>(key: string, load: LoadPage<Row>): LongList<Row> {
	const known = cameBack ? (kept.find((k) => k.key === key)?.list as LongList<Row> | undefined) : undefined;
	const list = known ?? new LongList<Row>(load, outlineBefore(key));
	kept = [{ key, list }, ...kept.filter((k) => k.key !== key)].slice(0, KEPT);
	return list;
}

/** The rows that `load` gets page by page. `key` names what is listed, with its filters: another list replaces this one
 * when its first rows are there. A reader who comes back finds the rows and the place. */
export function useLongList<Row extends { id: number }>(
	key: string, load: LoadPage<Row>, everyMs = 0, concerns?: Concerns,
): LongList<Row> {
	const [, redraw] = useReducer((n: number) => n + 1, 0);
	const list = useMemo(() => listOf(key, load), [key]);
	const shown = useRef(list);
	const refresh = () => void list.refresh(isAtTop);
	useEffect(() => {
		list.onChange = () => redraw(undefined);
		if (list.at) void list.refresh(() => isAtTop() && !list.rowsWanted);
		else void list.restart();
		return () => {
			list.onChange = () => undefined;
		};
	}, [list]);
	useFollow(key, refresh, everyMs, concerns);
	if (list.at || list.problem) shown.current = list;
	return shown.current;
}
