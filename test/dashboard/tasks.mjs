// The tasks of somebody who has never seen the dashboard, with the clicks that they need: a campaign that is live, and a
// webhook with a renamed field that is tested. A change that makes a task longer fails here. No time is judged.
import assert from "node:assert/strict";
import { assertClean, context, focused, open, run, signIn, until } from "./browser.mjs";

/** Counts the presses of a mouse or a finger on this page, across its addresses. */
async function countPresses(page) {
	await page.evaluate(() => {
		window.presses = 0;
		window.addEventListener("pointerdown", () => window.presses++, true);
	});
	return () => page.evaluate(() => window.presses);
}

/** From the token to a campaign that is live, and its page: with the keyboard alone. */
async function campaign(page) {
	await focused(page, page.getByLabel("Name of the campaign"));
	await page.keyboard.type("Spring");
	await page.keyboard.press("Enter");
	await page.getByRole("listitem").filter({ hasText: "Name your campaign" }).getByText("Launched").waitFor();
	await focused(page, page.getByRole("link", { name: "Open the page" }));
	const opened = page.context().waitForEvent("page");
	await page.keyboard.press("Enter");
	await (await opened).getByRole("heading", { name: "Invite your friends" }).waitFor();
	await page.bringToFront();
	await focused(page, page.getByRole("button", { name: "Copy link" }));
	await page.keyboard.press("Enter");
	await page.getByRole("link", { name: /\/join$/ }).waitFor();
}

/** From there to a test whose request has the renamed field. */
async function webhook(page) {
	await focused(page, page.getByLabel("URL of your system"));
	await page.keyboard.insertText(context.receiver);
	await page.keyboard.press("Enter");
	await page.getByRole("link", { name: "Edit the fields" }).click();
	await page.getByLabel("Name for email", { exact: true }).click();
	await page.keyboard.press("End");
	await page.keyboard.type("_address");
	await page.getByRole("button", { name: "Save and send a test" }).click();
	const outcome = page.locator("[data-test=delivered]");
	await outcome.waitFor();
	await until("the outcome of the test is in view", async () => {
		const { y, height } = await outcome.boundingBox();
		return y >= 0 && y + height <= page.viewportSize().height;
	});
	await outcome.getByRole("link", { name: "Show the delivery" }).click();
	await page.locator("pre").filter({ hasText: "email_address=test%40example.com" }).first().waitFor();
}

await run(async () => {
	const page = await open();
	await signIn(page);
	const presses = await countPresses(page);
	await campaign(page);
	assert.equal(await presses(), 0);
	await webhook(page);
	assert.equal(await presses(), 4);
	assertClean(page);
});
