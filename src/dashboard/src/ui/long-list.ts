// The rows of a list that may have millions: pages of the API, in the order in which their cursors follow one another.
// Pages far from the reader are dropped and loaded again, so memory does not grow with what was read.
import type { Virtualizer } from "@tanstack/virtual-core";
import { Problem, cursorOf } from "../api";
import { asOf, live } from "../live";
import { perPage } from "./per-page";

export const TOP = 80; // pixels: above it, the reader sees the head of the list
export const isAtTop = (): boolean => window.scrollY <= TOP;
/** A page is wanted before the reader sees its rows. */
const AHEAD = 60;
const LOOK_MS = 1000;
const KEPT_AROUND = 4; // pages on each side of the shown pages
const LOOKED_AT = 1000; // records, after which the server answers a page that a filter left short
/** After these short pages in a row, the reader decides whether the search goes on. */
const SHORT_MAX = 20;

/** Where the pages of a list begin, without their rows: enough to find a place again. */
export interface Outline {
	pages: { cursor: number | undefined; start: number; count: number; first: number; last: number }[];
	next: number | undefined;
}

export interface ListPage<Row> {
	data: Row[];
	links: { next: string | null };
}
export type LoadPage<Row> = (cursor: number | undefined) => Promise<ListPage<Row>>;

interface Stretch<Row> {
	cursor: number | undefined;
	start: number;
	count: number;
	first: number;
	last: number;
	rows: Row[] | undefined;
}

let lists = 0;

/** Waits until what was drawn is on the screen. */
const painted = () => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));

/** Waits until the reader scrolls, or has had a moment to look at the first rows. */
const looked = () => new Promise<void>((done) => {
	const end = () => {
		clearTimeout(timer);
		window.removeEventListener("scroll", end);
		done();
	};
	const timer = setTimeout(end, LOOK_MS);
	window.addEventListener("scroll", end, { passive: true });
});

export class LongList<Row extends { id: number }> {
	readonly id = ++lists;
	/** Undefined until the first page is there. */
	at: Date | undefined;
	problem: Problem | undefined;
	/** Newer rows, which are not shown yet. */
	waiting = 0;
	/** About how many records the server looked at. */
	lookedAt = 0;
	/** Changes when rows may have other places than before. */
	version = 0;
	onChange: () => void = () => undefined;
	/** The heights of the rows and the place of the reader, which outlive the table on the page. */
	rows: Virtualizer<Window, HTMLTableRowElement> | undefined;
	private pages: Stretch<Row>[] = [];
	private next: number | undefined;
	private short = 0;
	private shown = { first: 0, last: 0 };
	private open = false;
	private working = false;
	private refreshing = false;
	private again = false;
	private calls: Promise<void> = Promise.resolve();

	/** With the outline of the same list, all its pages count as dropped, and those near the reader are loaded. */
	constructor(private readonly load: LoadPage<Row>, outline?: Outline) {
		if (!outline) return;
		this.pages = outline.pages.map((page) => ({ ...page, rows: undefined }));
		this.next = outline.next;
		this.at = new Date();
	}

	/** After a reload, no row is here yet, and the reader goes back to the old place. */
	get rowsWanted(): boolean {
		return this.pages.length > 0 && this.pages.every((page) => !page.rows);
	}

	get outline(): Outline {
		const pages = this.pages.map(({ cursor, start, count, first, last }) => ({ cursor, start, count, first, last }));
		return { pages, next: this.next };
	}

	get count(): number {
		const last = this.pages.at(-1);
		return last ? last.start + last.count : 0;
	}

	/** Is the last row the end of the list? */
	get complete(): boolean {
		return this.at !== undefined && this.next === undefined;
	}

	/** Few rows fit the filter, so the search rests until the reader wants more. */
	get rests(): boolean {
		return this.next !== undefined && this.short >= SHORT_MAX;
	}

	/** The reader wants the search to go on. */
	searchFurther(): void {
		this.short = 0;
		this.onChange();
		void this.work();
	}

	private pageOf(index: number): Stretch<Row> | undefined {
		let low = 0, high = this.pages.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((this.pages[middle]?.start ?? 0) <= index) low = middle;
			else high = middle - 1;
		}
		return this.pages[low];
	}

	/** A row; "loading" if its page was dropped; "gone" if it left the list while its page was dropped. */
	row(index: number): Row | "loading" | "gone" {
		const page = this.pageOf(index);
		if (!page?.rows) return "loading";
		return page.rows[index - page.start] ?? "gone";
	}

	/** All rows between two places; loads the pages that were dropped. */
	async between(from: number, to: number): Promise<Row[]> {
		const found: Row[] = [];
		for (const page of this.pages.filter((p) => p.start <= to && p.start + p.count > from)) {
			const rows = page.rows ?? this.matching(page, await this.load(page.cursor));
			found.push(...rows.filter((_, i) => page.start + i >= from && page.start + i <= to));
		}
		return found;
	}

	/** The reader sees these rows now. */
	see(first: number, last: number): void {
		this.open = true;
		this.shown = { first, last };
		void this.work();
	}

	/** The reader left the page. */
	close(): void {
		this.open = false;
	}

	/** Shows the newest rows, from the first page on. */
	async restart(): Promise<void> {
		await this.guarded(async () => this.begin(await this.load(undefined)), this.at !== undefined);
	}

	/** After a change: at the top the newest rows are shown. Else the rows stay in their places, with their newest state.
	 * What changes during a refresh may be missing from its answers, so another one follows. */
	async refresh(atTop: () => boolean): Promise<void> {
		this.again = true;
		if (this.refreshing) return;
		this.refreshing = true;
		while (this.again) {
			this.again = false;
			await (atTop() || this.count === 0 ? this.renew(atTop) : this.look());
		}
		this.refreshing = false;
	}

	private begin(page: ListPage<Row>): void {
		this.pages = [];
		this.shown = { first: 0, last: 0 };
		this.waiting = 0;
		this.lookedAt = 0;
		this.short = 0;
		this.append(undefined, page);
		this.version++;
	}

	/** The reader sees the head of the list. If it has the same rows as before, all other pages stay: a list with a filter
	 * that few rows fit would otherwise be searched from its beginning at each change. */
	private renew(atTop: () => boolean): Promise<void> {
		return this.guarded(async () => {
			const page = await this.load(undefined);
			if (this.count > 0 && !atTop()) {
				this.again = true; // the reader scrolled meanwhile, and keeps the place
				return;
			}
			const head = this.pages[0]?.cursor === undefined ? this.pages[0] : undefined;
			const known = head?.rows ?? [];
			const same = page.data.length === known.length && page.data.every((row, i) => row.id === known[i]?.id);
			if (!same || !this.at) this.begin(page);
			else if (head) head.rows = page.data;
		}, this.at !== undefined);
	}

	private look(): Promise<void> {
		return this.guarded(async () => {
			const head = await this.load(undefined);
			const top = this.pages[0]?.first ?? 0;
			const newestFirst = head.data.every((row, i) => i === 0 || row.id < (head.data[i - 1]?.id ?? 0));
			this.waiting = newestFirst ? head.data.filter((row) => row.id > top).length : 0;
			for (const page of this.pages.filter((p) => this.isShown(p))) {
				const newest = new Map((await this.load(page.cursor)).data.map((row) => [row.id, row]));
				page.rows = page.rows?.map((row) => newest.get(row.id) ?? row);
			}
		}, true);
	}

	/** Tries again what failed. */
	retry(): void {
		this.problem = undefined;
		if (this.at) void this.work();
		else void this.restart();
	}

	private isShown(page: Stretch<Row>, around = 0): boolean {
		return page.start <= this.shown.last + around && page.start + page.count > this.shown.first - around;
	}

	private append(cursor: number | undefined, page: ListPage<Row>): void {
		const rows = page.data, first = rows[0], last = rows.at(-1);
		if (first && last)
			this.pages.push({ cursor, start: this.count, count: rows.length, first: first.id, last: last.id, rows });
		const next = cursorOf(page.links.next);
		this.next = next === undefined ? undefined : Number(next);
		const isShort = rows.length < perPage(cursor);
		this.short = isShort ? this.short + 1 : 0;
		this.lookedAt += isShort ? LOOKED_AT : rows.length;
		this.at = new Date();
	}

	/** The rows of a page that is loaded again. Rows that now belong to the page after it are left out. */
	private matching(page: Stretch<Row>, loaded: ListPage<Row>): Row[] {
		const after = this.pages[this.pages.indexOf(page) + 1]?.first;
		const last = loaded.data.findIndex((row) => row.id === page.last), next = loaded.data.findIndex((row) => row.id === after);
		if (last >= 0) return loaded.data.slice(0, last + 1);
		return loaded.data.slice(0, next >= 0 ? next : page.count);
	}

	/** A step that loads what the reader lacks: a dropped page, or the page after the last one. */
	private missing(): (() => Promise<void>) | undefined {
		const dropped = this.pages.find((p) => !p.rows && this.isShown(p)) ?? this.pages.find((p) => !p.rows && this.isShown(p, AHEAD));
		if (dropped)
			return async () => {
				dropped.rows = this.matching(dropped, await this.load(dropped.cursor));
			};
		const cursor = this.next;
		if (cursor === undefined || this.rests || this.shown.last + AHEAD < this.count) return undefined;
		return async () => {
			const page = await this.load(cursor);
			if (cursor === this.next) this.append(cursor, page);
		};
	}

	private drop(): void {
		const first = this.pageOf(this.shown.first), last = this.pageOf(this.shown.last);
		if (!first || !last) return;
		const from = this.pages.indexOf(first) - KEPT_AROUND, to = this.pages.indexOf(last) + KEPT_AROUND;
		for (const [i, page] of this.pages.entries()) if (i < from || i > to) page.rows = undefined;
	}

	private async work(): Promise<void> {
		if (this.working) return;
		this.working = true;
		await painted(); // the next rows must not delay those that are here
		if (this.pages.length === 1) await looked();
		while (this.open && this.at && !this.problem && this.missing()) await this.guarded(async () => this.missing()?.());
		this.working = false;
		this.drop();
	}

	/** One call follows another. A failed call leaves the rows as they are; `renews`: they were complete before it. */
	private guarded(step: () => Promise<void>, renews = false): Promise<void> {
		this.calls = this.calls.then(async () => {
			try {
				await step();
				this.problem = undefined;
				if (asOf.value) asOf.value = new Date();
			} catch (error) {
				if (!(error instanceof Problem)) throw error;
				// The frame says that the server is away, and from when the rows are.
				if (!renews || error.status !== 0 || live.value) this.problem = error;
			}
			this.onChange();
		});
		return this.calls;
	}
}
