// The first run: an empty server leads to an event that the receiver has got. Then the Actions menu of the campaign.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, becomes, context, ignore, open, run, signIn, signedIn, visit,
} from "./browser.mjs";

async function toTheFirstEvent(page) {
	await page.waitForURL(/#\/start$/);
	await assertAccessible(page);
	await page.getByLabel("Name of the campaign").fill("Spring");
	await page.keyboard.press("Enter");
	const opened = page.context().waitForEvent("page");
	await page.getByRole("link", { name: "Open the page" }).click();
	await (await opened).getByRole("heading", { name: "Invite your friends" }).waitFor();
	await page.bringToFront();
	await page.getByRole("button", { name: "Copy link" }).click();

	const url = page.getByLabel("URL of your system");
	await url.fill("ftp://crm.example");
	await url.press("Enter");
	await page.locator(".field-problem").waitFor();
	await url.fill(context.receiver);
	await url.press("Enter");
	await page.getByRole("button", { name: "Send a test" }).click();
	await page.getByRole("button", { name: "Add Jessica and Byron" }).click();
	const line = await page.getByText(/^curl /).innerText();
	const [, address, code] = /"(http[^"]+)" -X POST -d "code=(\w+)"/.exec(line);
	await assertAccessible(page);
	const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ code }) });
	assert.equal((await answer.json()).changed, true);
	await page.getByText("Done: an event has arrived.").waitFor();
	await page.getByRole("row").filter({ hasText: "user.qualified" }).getByText("Delivered").waitFor();
	await assertAccessible(page);
	await page.getByRole("button", { name: "Remove Jessica and Byron" }).click();
	await page.getByText("Jessica and Byron are removed.").waitFor();
}

const choose = async (page, name) => {
	await page.getByRole("button", { name: "Actions" }).first().click();
	await page.getByRole("button", { name, exact: true }).click();
};

async function everyAction(page) {
	const statusOf = async () => (await api("GET", "/api/v2/campaigns/1")).status;
	await visit(page, "campaigns");
	await choose(page, "Pause");
	await page.getByText("Campaign paused.").waitFor();
	await becomes("the status", statusOf, "paused");
	await page.getByRole("button", { name: "Undo" }).click();
	await page.getByRole("main").getByText("Launched", { exact: true }).last().waitFor();
	await becomes("the status", statusOf, "launched");

	await choose(page, "QR code");
	const png = page.waitForEvent("download");
	await page.getByRole("button", { name: "Download PNG" }).click();
	assert.match((await png).suggestedFilename(), /^c\w+\.png$/);
	await assertAccessible(page);
	await page.keyboard.press("Escape");

	await choose(page, "Duplicate");
	await page.getByRole("heading", { name: "Copy of Spring" }).waitFor();
	await visit(page, "campaigns");
	await page.getByText("Launch it to get joins.").waitFor();

	await page.getByRole("listitem").filter({ hasText: "Copy of Spring" }).getByRole("button", { name: "Actions" }).click();
	await page.getByRole("button", { name: "Archive", exact: true }).click();
	await page.getByRole("link", { name: "Copy of Spring" }).waitFor({ state: "detached" });
	await page.getByLabel("Status").selectOption("archived");
	await page.getByRole("link", { name: "Copy of Spring" }).waitFor();
}

await run(async () => {
	const page = await open();
	await signIn(page); // the dashboard itself goes to the first steps
	await toTheFirstEvent(page);
	await everyAction(page);
	ignore(page, /422/); // the refused URL
	assertClean(page);
	const phone = await signedIn("start", { width: 360 });
	await assertFits(phone);
	await assertAccessible(phone);
});
