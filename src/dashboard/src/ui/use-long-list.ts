// The list of a page, kept for the reader who comes back to it.
import { useEffect, useMemo, useReducer, useRef } from "preact/hooks";
import type { Concerns } from "../live";
import { useFollow } from "../query";
import { cameBack } from "../route";
import { type LoadPage, LongList, TOP } from "./long-list";

const KEPT = 3;
let kept: { key: string; list: unknown }[] = [];

function listOf<Row extends { id: number }>(key: string, load: LoadPage<Row>): LongList<Row> {
	const known = cameBack ? (kept.find((k) => k.key === key)?.list as LongList<Row> | undefined) : undefined;
	const list = known ?? new LongList<Row>(load);
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
	const refresh = () => void list.refresh(window.scrollY <= TOP);
	useEffect(() => {
		list.onChange = () => redraw(undefined);
		if (list.at) refresh();
		else void list.restart();
		return () => {
			list.onChange = () => undefined;
		};
	}, [list]);
	useFollow(key, refresh, everyMs, concerns);
	if (list.at || list.problem) shown.current = list;
	return shown.current;
}
