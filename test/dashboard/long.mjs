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
	for (;;) {
		const { first, rows } = await shown(page);
		assert.ok(rows <= ROWS_MAX, `${rows} rows are in the page`);
		if (first === index) return;
		await page.evaluate((by) => window.scrollBy(0, by), Math.sign(index - first) * Math.min(1200, 30 * Math.abs(index - first)));
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		await page.waitForFunction(() => document.querySelector("tbody tr[data-index] a") !== null);
	}
}

await run(async () => {
	const page = await signedIn("users");
	await rowAt(page, 0).waitFor();
	assert.equal(await page.locator("table").getAttribute("aria-rowcount"), "-1");
	assert.match(await rowAt(page, 0).innerText(), new RegExp(`Person ${context.users - 1}\\b`));
	await scrollTo(page, 1200);
	const there = await shown(page);
	assert.match(there.text, new RegExp(`Person ${context.users - 1201}\\b`));
	await assertAccessible(page);

	await rowAt(page, 1203).getByRole("link").focus();
	for (let i = 0; i < 40; i++) await page.keyboard.press("j");
	await page.waitForFunction(() => document.activeElement?.closest("tr")?.dataset.index === "1243");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { level: 1, name: `Person ${context.users - 1244}`, exact: true }).waitFor();
	const place = () => page.evaluate(() => window.scrollY);
	await page.goBack();
	await rowAt(page, 1243).waitFor();
	assert.ok((await place()) > 1000 * 36, `the reader is back at ${await place()} px`);
	await scrollTo(page, 0);
	assert.match((await shown(page)).text, new RegExp(`Person ${context.users - 1}\\b`));
	await page.setViewportSize({ width: 360, height: 800 });
	await scrollTo(page, 300);
	await assertFits(page);
	await picture(page, "long-360-light");
	await page.setViewportSize({ width: 1280, height: 800 });

	await visit(page, "rewards/due?metric=custom");
	await rowAt(page, 0).waitFor();
	await scrollTo(page, 1100);
	await rowAt(page, 1102).getByRole("checkbox").click();
	await scrollTo(page, 10);
	await rowAt(page, 12).getByRole("checkbox").click({ modifiers: ["Shift"] });
	await page.getByRole("button", { name: "Issue 1,091" }).waitFor();
	assertClean(page);
});
