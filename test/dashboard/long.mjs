// A list of many users: the page holds few rows wherever the reader is, the keys find the next row, Back finds the place,
// and a range of rewards is chosen across pages that are no longer in memory.
import assert from "node:assert/strict";
import { assertAccessible, assertClean, assertFits, context, picture, run, signedIn, until, visit } from "./browser.mjs";

const ROWS_MAX = 90; // in the page: what the window shows, and some rows above and below it

const rowAt = (page, index) => page.locator(`tr[aria-rowindex="${index + 2}"]`);
const shown = (page) => page.evaluate(() => {
	const rows = [...document.querySelectorAll("tbody tr[data-index]")];
	const inside = rows.find((row) => row.getBoundingClientRect().bottom > 100);
	return { rows: rows.length, first: Number(inside?.dataset.index), name: inside?.querySelector("a")?.textContent };
});

/** Scrolls as a hand on a wheel does, until a row is there with its content. */
async function scrollTo(page, index) {
	await until(`row ${index} is at the top`, async () => {
		const { first, name, rows } = await shown(page);
		assert.ok(rows <= ROWS_MAX, `${rows} rows are in the page`);
		if (first === index) return name;
		await page.evaluate((by) => window.scrollBy(0, by), Math.sign(index - first) * Math.min(2400, 30 * Math.abs(index - first)) || 0);
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		return undefined;
	});
}

/** The server finds nobody on any page: the search rests, and goes on when the reader wants it. */
async function searchRests(page) {
	const pages = new Set(); // a page may be requested again
	await page.route(/\/api\/v2\/users\?.*qualified=true/, (route) => {
		const next = new URL(route.request().url());
		const cursor = Number(next.searchParams.get("cursor") ?? 1_000_000);
		pages.add(cursor);
		next.searchParams.set("cursor", String(cursor - 1000));
		return route.fulfill({ json: { data: [], links: { next: next.href }, meta: {} } });
	});
	await visit(page, "users?qualified=true");
	await page.getByText("Looked at about 20,000 entries, found 0.").waitFor();
	assert.equal(pages.size, 20);
	await page.getByRole("button", { name: "Search further" }).click();
	await page.getByText("Looked at about 40,000 entries, found 0.").waitFor();
	assert.equal(pages.size, 40);
	await assertAccessible(page);
	await picture(page, "long-rests-light");
}

/** A reload keeps the reader's place, in a long list and on any other page. A list loads only what is near the place. */
async function reloadKeepsThePlace(page) {
	const before = await shown(page);
	const asked = new Set(); // a change of the list may ask again for the same pages
	const note = (request) => request.url().includes("/api/v2/users?") && asked.add(request.url());
	page.on("request", note);
	await page.reload();
	await page.waitForFunction((index) => {
		const rows = [...document.querySelectorAll("tbody tr[data-index]")];
		const inside = rows.find((row) => row.getBoundingClientRect().bottom > 100);
		return Number(inside?.dataset.index) === index && inside.querySelector("a") !== null;
	}, before.first);
	page.off("request", note);
	assert.equal((await shown(page)).name, before.name);
	assert.ok(asked.size <= 5, `a reload asked for ${asked.size} pages of the list`);

	const other = await signedIn("settings/health", { height: 400 });
	await other.waitForFunction(() => {
		window.scrollTo(0, 250); // as far as the page has content
		return window.scrollY === 250;
	});
	await other.reload();
	await other.waitForFunction(() => window.scrollY === 250);
	assertClean(other);
	await other.context().close();
}

await run(async () => {
	const page = await signedIn("users");
	await rowAt(page, 0).waitFor();
	assert.equal(await page.locator("table").getAttribute("aria-rowcount"), "-1");
	await rowAt(page, 0).getByRole("link", { name: `Person ${context.users - 1}`, exact: true }).waitFor();
	await scrollTo(page, 700);
	const there = await shown(page);
	assert.equal(there.name, `Person ${context.users - 701}`);
	await assertAccessible(page);
	await reloadKeepsThePlace(page);

	await rowAt(page, 703).getByRole("link").focus();
	await page.evaluate(() => { // all of them before the page draws the rows of the first
		const press = () => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
		for (let i = 0; i < 40; i++) press();
	});
	await page.waitForFunction(() => document.activeElement?.closest("tr")?.dataset.index === "743");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { level: 1, name: `Person ${context.users - 744}`, exact: true }).waitFor();
	const place = () => page.evaluate(() => window.scrollY);
	await page.goBack();
	await rowAt(page, 743).waitFor();
	await until("the reader is back", async () => (await place()) > 600 * 36);
	await scrollTo(page, 0);
	assert.equal((await shown(page)).name, `Person ${context.users - 1}`);
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
