// A list of many users: the page holds few rows wherever the reader is, the keys find the next row, Back finds the place,
// and a range of rewards is chosen across pages that are no longer in memory.
import assert from "node:assert/strict";
import { assertAccessible, assertClean, assertFits, context, picture, run, signedIn, visit } from "./browser.mjs";

const ROWS_MAX = 90; // in the page: what the window shows, and some rows above and below it

const rowAt = (page, index) => page.locator(`tr[aria-rowindex="${index + 2}"]`);
const shown = (page) => page.evaluate(() => {
	const rows = [...document.querySelectorAll("tbody tr[data-index]")];
	const inside = rows.find((row) => row.getBoundingClientRect().bottom > 100);
	return { rows: rows.length, first: Number(inside?.dataset.index), text: inside?.innerText, loading: inside?.querySelector("a") === null };
});

/** Scrolls as a hand on a wheel does, until a row is there. */
async function scrollTo(page, index) {
	for (let i = 0; i < 1000; i++) {
		const { first, rows } = await shown(page);
		assert.ok(rows <= ROWS_MAX, `${rows} rows are in the page`);
		if (first === index) return;
		await page.evaluate((by) => window.scrollBy(0, by), Math.sign(index - first) * Math.min(2400, 30 * Math.abs(index - first)));
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		await page.waitForFunction(() => document.querySelector("tbody tr[data-index] a") !== null);
	}
	assert.fail(`row ${index} was not found`);
}

/** The server finds nobody on any page: the search rests, and goes on when the reader wants it. */
async function searchRests(page) {
	let calls = 0;
	await page.route(/\/api\/v2\/users\?.*qualified=true/, (route) => {
		const next = new URL(route.request().url());
		next.searchParams.set("cursor", String(1_000_000 - 1000 * ++calls));
		return route.fulfill({ json: { data: [], links: { next: next.href }, meta: {} } });
	});
	await visit(page, "users?qualified=true");
	await page.getByText("Looked at about 20,000 entries, found 0.").waitFor();
	assert.equal(calls, 20);
	await page.getByRole("button", { name: "Search further" }).click();
	await page.getByText("Looked at about 40,000 entries, found 0.").waitFor();
	assert.equal(calls, 40);
	await assertAccessible(page);
	await picture(page, "long-rests-light");
}

/** A reload keeps the reader's place, in a long list and on any other page. A list loads only what is near the place. */
async function reloadKeepsThePlace(page) {
	const before = await shown(page);
	const asked = [];
	const note = (request) => request.url().includes("/api/v2/users?") && asked.push(request.url());
	page.on("request", note);
	await page.reload();
	await page.waitForFunction((index) => {
		const rows = [...document.querySelectorAll("tbody tr[data-index]")];
		const inside = rows.find((row) => row.getBoundingClientRect().bottom > 100);
		return Number(inside?.dataset.index) === index && inside.querySelector("a") !== null;
	}, before.first);
	page.off("request", note);
	assert.equal((await shown(page)).text, before.text);
	assert.ok(asked.length <= 5, `a reload asked for ${asked.length} pages of the list`);

	const other = await signedIn("settings/health", { height: 400 });
	await other.evaluate(() => window.scrollTo(0, 250));
	await other.waitForFunction(() => window.scrollY === 250);
	await other.reload();
	await other.waitForFunction(() => window.scrollY === 250);
	assertClean(other);
	await other.context().close();
}

await run(async () => {
	const page = await signedIn("users");
	await rowAt(page, 0).waitFor();
	assert.equal(await page.locator("table").getAttribute("aria-rowcount"), "-1");
	assert.match(await rowAt(page, 0).innerText(), new RegExp(`Person ${context.users - 1}\\b`));
	await scrollTo(page, 700);
	const there = await shown(page);
	assert.match(there.text, new RegExp(`Person ${context.users - 701}\\b`));
	await assertAccessible(page);
	await reloadKeepsThePlace(page);

	await rowAt(page, 703).getByRole("link").focus();
	for (let i = 0; i < 40; i++) await page.keyboard.press("j");
	await page.waitForFunction(() => document.activeElement?.closest("tr")?.dataset.index === "743");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { level: 1, name: `Person ${context.users - 744}`, exact: true }).waitFor();
	const place = () => page.evaluate(() => window.scrollY);
	await page.goBack();
	await rowAt(page, 743).waitFor();
	assert.ok((await place()) > 600 * 36, `the reader is back at ${await place()} px`);
	await scrollTo(page, 0);
	assert.match((await shown(page)).text, new RegExp(`Person ${context.users - 1}\\b`));
	await page.setViewportSize({ width: 360, height: 800 });
	await scrollTo(page, 300);
	await assertFits(page);
	await picture(page, "long-360-light");
	await page.setViewportSize({ width: 1280, height: 800 });

	await visit(page, "rewards/due?metric=custom");
	await rowAt(page, 0).waitFor();
	await scrollTo(page, 700);
	await rowAt(page, 702).getByRole("checkbox").click();
	await scrollTo(page, 10);
	await rowAt(page, 12).getByRole("checkbox").click({ modifiers: ["Shift"] });
	await page.getByRole("button", { name: "Issue 691" }).waitFor();
	await searchRests(page);
	assertClean(page);
});
