// The reader's place on a page, which a reload keeps: the address bar has everything else.
const KEY = "referd.place";
/** The usual height of a row in pixels, until it is drawn. On a phone, a row is a card. */
export const ROW = window.innerWidth < 768 ? 96 : 36;
const GIVE_UP_MS = 30_000; // a slow line takes as long for the rows
/** What a reader does who no longer waits for the old place. */
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown", "hashchange"] as const;

interface Place {
	address: string;
	top: number;
	/** The row of a long list that is at the top of the window, and its distance from there. */
	row?: { index: number; y: number } | undefined;
}

function rowAtTop(): Place["row"] {
	const rows = [...document.querySelectorAll<HTMLElement>("tr[data-index]")];
	const row = rows.find((r) => r.getBoundingClientRect().bottom > 0);
	return row && { index: Number(row.dataset["index"]), y: row.getBoundingClientRect().top };
}

function read(): Place | undefined {
	const [how] = performance.getEntriesByType("navigation");
	const text = sessionStorage.getItem(KEY);
	if (!text || !(how instanceof PerformanceNavigationTiming) || how.type !== "reload") return undefined;
	const place = JSON.parse(text) as Place;
	return place.address === location.hash && place.top > 0 ? place : undefined;
}

/** Where the reader was before this page was loaded again. */
export const placeBefore = read();

/** Scrolls there as far as the page has content. True: the reader is there. */
function goTo({ top, row }: Place): boolean {
	if (!row) {
		if (document.documentElement.scrollHeight - window.innerHeight < top - 1) return false;
		window.scrollTo(0, top);
		return true;
	}
	const there = document.querySelector<HTMLElement>(`tr[data-index="${row.index}"]`);
	const body = document.querySelector("table.long tbody");
	if (!there && body) window.scrollTo(0, body.getBoundingClientRect().top + window.scrollY + row.index * ROW);
	const by = there ? there.getBoundingClientRect().top - row.y : 0;
	if (Math.abs(by) >= 2) window.scrollBy(0, by);
	return there !== null && Math.abs(by) < 2 && there.querySelector("a") !== null;
}

function comeBack(place: Place): void {
	const until = performance.now() + GIVE_UP_MS;
	let wanted = true;
	const stop = () => {
		wanted = false;
		for (const move of MOVES) window.removeEventListener(move, stop);
	};
	const look = () => {
		if (!wanted) return;
		if (goTo(place) || performance.now() > until) stop();
		else requestAnimationFrame(look);
	};
	for (const move of MOVES) window.addEventListener(move, stop, { passive: true });
	requestAnimationFrame(look);
}

/** Keeps the place from now on, and goes to the place before a reload. */
export function keepPlace(): void {
	window.addEventListener("pagehide", () => {
		const place: Place = { address: location.hash, top: window.scrollY, row: rowAtTop() };
		sessionStorage.setItem(KEY, JSON.stringify(place));
	});
	if (placeBefore) comeBack(placeBefore);
}
