// How fast each page is, and how much memory a list takes while it is scrolled. Judges the medians only if the context
// asks for it: on a machine that does other work, they say more about that work.
import assert from "node:assert/strict";
import { context, open, run, signIn, signedIn, visit } from "./browser.mjs";

const RUNS = 5;
const FIRST_MS = 300, PAGE_MS = 1000;
const ROWS_MAX = 90, GROWTH = 8 * 1024 * 1024; // bytes

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Milliseconds from the start of the navigation until the content is there and the page has answered an input event. */
function interactive(page) {
	return page.evaluate(() => new Promise((done) => {
		const look = () => {
			const content = document.querySelector("h1") && !document.querySelector(".skeleton");
			if (!content) return void setTimeout(look, 4);
			document.addEventListener("keydown", () => setTimeout(() => done(Math.round(performance.now()))), { once: true });
			document.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", bubbles: true }));
		};
		look();
	}));
}

/** What moved while the page was loaded; a good page has less than 0.1. */
const watchShifts = (page) => page.addInitScript(() => {
	window.shifts = [];
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries())
			window.shifts.push([entry.value, ...entry.sources.map((s) => s.node?.className || s.node?.nodeName)]);
	}).observe({ type: "layout-shift", buffered: true });
});

async function timesOf(page, address) {
	const times = [];
	let moved = 0, sources = [];
	for (let i = 0; i < RUNS; i++) {
		await page.goto("about:blank");
		await page.goto(`${context.url}/#/${address}`, { waitUntil: "commit" });
		times.push(await interactive(page));
		const shifts = await page.evaluate(() => new Promise((done) => setTimeout(() => done(window.shifts), 500)));
		const sum = shifts.reduce((all, [value]) => all + value, 0);
		if (sum > moved) [moved, sources] = [sum, shifts.map((s) => s.slice(1)).flat()];
	}
	return { ms: median(times), moved: Math.round(moved * 1000) / 1000, ...(moved > 0.02 && { sources: [...new Set(sources)] }) };
}

async function firstLoad() {
	const times = [];
	let bytes = 0;
	for (let i = 0; i < RUNS; i++) {
		const page = await open({ waitUntil: "commit" }); // as for the other pages
		times.push(await interactive(page));
		bytes = await page.evaluate(() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
			.filter((e) => !e.name.includes("/api/")).reduce((sum, e) => sum + e.encodedBodySize, 0));
		await page.context().close();
	}
	return { ms: median(times), bytes };
}

/** Scrolls for a while, and measures what is left after a garbage collection at a few moments. */
async function scroll(page, address, seconds) {
	await visit(page, address);
	const devtools = await page.context().newCDPSession(page);
	await devtools.send("Performance.enable");
	const look = async () => {
		await devtools.send("HeapProfiler.collectGarbage");
		const { metrics } = await devtools.send("Performance.getMetrics");
		const of = (name) => metrics.find((m) => m.name === name).value;
		return { heap: of("JSHeapUsedSize"), nodes: of("Nodes") };
	};
	const samples = [];
	let most = 0;
	for (let part = 0; part < 6; part++) {
		const end = Date.now() + (seconds * 1000) / 6;
		while (Date.now() < end) {
			await page.mouse.wheel(0, 2400);
			await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
			most = Math.max(most, await page.evaluate(() => document.querySelectorAll("tbody tr").length));
		}
		samples.push(await look());
	}
	const index = await page.evaluate(() => Number([...document.querySelectorAll("[data-index]")].at(-1).dataset.index));
	return { rows: most, reached: index, heap: samples.map((s) => s.heap), nodes: samples.map((s) => s.nodes) };
}

await run(async () => {
	const told = { first: await firstLoad(), pages: {}, lists: {} };
	process.stderr.write(`first load: ${JSON.stringify(told.first)}\n`);
	const page = await signedIn("", context.phone ? { width: 412, height: 823 } : {});
	await watchShifts(page);
	for (const address of context.addresses) {
		told.pages[address] = await timesOf(page, address);
		process.stderr.write(`${address}: ${JSON.stringify(told.pages[address])}\n`);
	}
	for (const address of context.lists) {
		const found = (told.lists[address] = await scroll(page, address, context.seconds));
		process.stderr.write(`${address}: ${JSON.stringify(found)}\n`);
		assert.ok(found.rows <= ROWS_MAX, `${address}: ${found.rows} rows are in the page`);
		assert.ok(found.heap.at(-1) - found.heap[0] < GROWTH, `${address}: the memory grew: ${found.heap}`);
	}
	if (context.judged) {
		assert.ok(told.first.ms < FIRST_MS, `the first load took ${told.first.ms} ms`);
		for (const [address, { ms }] of Object.entries(told.pages)) assert.ok(ms < PAGE_MS, `${address} took ${ms} ms`);
	}
	for (const [address, { moved }] of Object.entries(told.pages)) assert.ok(moved < 0.1, `${address} moved by ${moved}`);
	return told;
});
