// A table for lists that may have millions of rows: the page holds only the rows near the reader, and they scroll with the
// page. Rows have the height of their content; blank rows stand for the rest.
import {
	Virtualizer, type VirtualizerOptions, defaultRangeExtractor, observeWindowOffset, observeWindowRect, windowScroll,
} from "@tanstack/virtual-core";
import { ArrowUp } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { number, t } from "../words";
import { type LongList, isAtTop } from "./long-list";
import { Empty, Failed, Skeleton } from "./parts";
import { perPage } from "./per-page";
import { ROW } from "./place";

const OVERSCAN = Math.round(432 / ROW); // rows beyond the edge of the window, so that j and k find the next row

type Rows = Virtualizer<Window, HTMLTableRowElement>;

/** The place of the row that has the focus; it stays in the page wherever the reader scrolls. */
function focusedRow(body: HTMLElement | null): number | undefined {
	const row = document.activeElement?.closest<HTMLElement>("[data-index]");
	return row && body?.contains(row) ? Number(row.dataset["index"]) : undefined;
}

function useRows<Row extends { id: number }>(list: LongList<Row>, body: { current: HTMLTableSectionElement | null }): Rows {
	const [, redraw] = useReducer((n: number) => n + 1, 0);
	const margin = useRef(0);
	const options: VirtualizerOptions<Window, HTMLTableRowElement> = {
		count: list.count + (list.complete ? 0 : 1),
		getScrollElement: () => window,
		estimateSize: () => ROW,
		overscan: OVERSCAN,
		scrollMargin: margin.current,
		initialOffset: () => window.scrollY,
		scrollToFn: windowScroll,
		observeElementRect: observeWindowRect,
		observeElementOffset: observeWindowOffset,
		rangeExtractor: (range) => {
			const focused = focusedRow(body.current);
			const seen = defaultRangeExtractor(range);
			if (focused === undefined || focused >= range.count || seen.includes(focused)) return seen;
			return [...seen, focused].sort((a, b) => a - b);
		},
		onChange: () => redraw(undefined),
	};
	const rows = (list.rows ??= new Virtualizer(options));
	rows.setOptions(options);
	useLayoutEffect(() => {
		const unmount = rows._didMount();
		return () => {
			unmount();
			list.close();
		};
	}, []);
	useLayoutEffect(() => {
		const top = body.current ? Math.round(body.current.getBoundingClientRect().top + window.scrollY) : 0;
		if (top !== margin.current) {
			margin.current = top;
			redraw(undefined);
		}
		rows._willUpdate();
		const range = rows.range;
		if (range) list.see(range.startIndex, range.endIndex);
	});
	useLayoutEffect(() => {
		rows.measure();
		for (const row of body.current?.querySelectorAll<HTMLTableRowElement>("[data-index]") ?? []) rows.measureElement(row);
	}, [list.version]);
	return rows;
}

function Blank({ height, columns }: { height: number; columns: number }) {
	return (
		<tr class="blank" aria-hidden="true">
			<td colSpan={columns} style={{ height }} />
		</tr>
	);
}

/** Back at the top, the reader gets the newest rows. */
function useTop<Row extends { id: number }>(list: LongList<Row>): void {
	useEffect(() => {
		const look = () => void (isAtTop() && list.waiting > 0 && list.refresh(isAtTop));
		window.addEventListener("scroll", look, { passive: true });
		return () => window.removeEventListener("scroll", look);
	}, [list]);
}

/** The words for a row that is not in memory, or not yet found. */
function missing<Row extends { id: number }>(list: LongList<Row>, index: number, gone: boolean) {
	if (gone) return t("rowGone");
	if (index < list.count || !list.rests) return t("loading");
	return (
		<div class="row">
			<span role="status">{t("lookedAt", { looked: number(list.lookedAt), found: number(list.count) })}</span>
			<button type="button" onClick={() => list.searchFurther()}>{t("searchFurther")}</button>
		</div>
	);
}

function NewRows({ waiting }: { waiting: number }) {
	return (
		<div role="status">
			{waiting > 0 && (
				<button type="button" class="new-rows" onClick={() => window.scrollTo({ top: 0 })}>
					<ArrowUp size={16} aria-hidden />
					{t("newRows", { n: waiting < perPage(undefined) ? waiting : `${perPage(undefined)}+` })}
				</button>
			)}
		</div>
	);
}

interface Props<Row extends { id: number }> {
	list: LongList<Row>;
	/** Names the table, and its columns in the style sheet. */
	name: string;
	label: string;
	head: ComponentChildren[];
	cells: (row: Row, index: number) => ComponentChildren;
	empty: string;
}

function Table<Row extends { id: number }>({ list, name, label, head, cells }: Omit<Props<Row>, "empty">) {
	const body = useRef<HTMLTableSectionElement>(null);
	const rows = useRows(list, body);
	useTop(list);
	const columns = head.length;
	const shown: ComponentChildren[] = [];
	let end = rows.options.scrollMargin;
	for (const { index, start, end: itsEnd } of rows.getVirtualItems()) {
		if (start > end) shown.push(<Blank key={`before ${index}`} height={start - end} columns={columns} />);
		end = itsEnd;
		const row = index < list.count ? list.row(index) : "loading";
		shown.push(
			<tr key={typeof row === "string" ? -1 - index : row.id} ref={rows.measureElement} data-index={index} aria-rowindex={index + 2}>
				{typeof row === "string" ? (
					<td colSpan={columns} class="muted">{missing(list, index, row === "gone")}</td>
				) : (
					cells(row, index)
				)}
			</tr>,
		);
	}
	const after = rows.options.scrollMargin + rows.getTotalSize() - end;
	return (
		<section class="panel">
			<NewRows waiting={list.waiting} />
			<table class={`table long ${name}`} aria-label={label} aria-rowcount={list.complete ? list.count + 1 : -1}>
				<thead>
					<tr aria-rowindex={1}>{head}</tr>
				</thead>
				<tbody ref={body}>
					{shown}
					{after > 0 && <Blank key="after" height={after} columns={columns} />}
				</tbody>
			</table>
		</section>
	);
}

export function LongTable<Row extends { id: number }>({ empty, ...props }: Props<Row>) {
	const { list } = props;
	const nothing = list.complete && list.count === 0;
	return (
		<>
			{list.problem && <Failed problem={list.problem} again={() => list.retry()} />}
			{!list.at && !list.problem && <Skeleton height={400} />}
			{nothing && <Empty>{empty}</Empty>}
			{list.at && !nothing && <Table key={list.id} {...props} />}
		</>
	);
}
