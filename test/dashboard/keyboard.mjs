// The main job without a mouse: a campaign, its webhook, a test that arrives, and a friend who qualifies.
import assert from "node:assert/strict";
import { api, assertClean, context, focused, joinThrough, open, run } from "./browser.mjs";

const MOST = 120; // presses of Tab, for one way

/** The element with the focus, as a screen reader names it. */
const nameOfFocused = (page) => page.evaluate(() => {
	const e = document.activeElement;
	const label = e?.labels?.[0]?.textContent ?? "";
	return `${e?.tagName} ${e?.getAttribute("aria-label") ?? ""} ${label} ${e?.textContent?.trim() ?? ""}`;
});

/** Presses Tab until something with this name has the focus. */
async function tabTo(page, name) {
	const seen = [];
	for (let i = 0; i < MOST; i++) {
		await page.keyboard.press("Tab");
		const now = await nameOfFocused(page);
		if (name.test(now)) return;
		seen.push(now.slice(0, 60));
	}
	assert.fail(`Tab does not reach ${name}: ${seen.join(" | ")}`);
}

async function press(page, name) {
	await tabTo(page, name);
	await page.keyboard.press("Enter");
}

async function type(page, name, text) {
	await tabTo(page, name);
	await page.keyboard.type(text);
}

/** Goes to a page through the palette. */
async function find(page, text, heading) {
	await page.keyboard.press("Control+k");
	await focused(page, page.getByRole("dialog").getByRole("combobox"));
	await page.keyboard.type(text);
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

await run(async () => {
	const page = await open();
	await focused(page, page.getByLabel("API token"));
	await page.keyboard.type(context.token);
	await page.keyboard.press("Enter");
	await page.getByRole("navigation").waitFor();

	await page.getByRole("button", { name: "New campaign" }).waitFor();
	await press(page, /^BUTTON.*New campaign/);
	await focused(page, page.getByLabel("Name of the campaign"));
	await page.keyboard.type("Keys");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Keys" }).waitFor();

	await find(page, "Webhooks", "Webhooks");
	await press(page, /^A.*New webhook/);
	await page.getByRole("heading", { name: "New webhook" }).waitFor();
	await type(page, /^INPUT.*URL/, context.receiver);
	await page.getByLabel("Name of the webhook").waitFor();
	await type(page, /^INPUT.*Name of the webhook/, "Keys hook");
	await page.getByRole("button", { name: "Save and send a test" }).and(page.locator(":enabled")).waitFor();
	await press(page, /^BUTTON.*Save and send a test/);
	await page.locator("[data-test=delivered]").waitFor();

	const [campaign] = (await api("GET", "/api/v2/campaigns")).filter((c) => c.name === "Keys");
	const jessica = await joinThrough(campaign.code, "Jessica", "jessica@keys.example");
	await joinThrough(jessica.code, "Byron", "byron@keys.example");
	await find(page, "byron@keys.example", "Byron");
	await press(page, /^BUTTON.*Qualify/);
	await focused(page, page.getByLabel("Order number"));
	await page.keyboard.type("A-1");
	await page.keyboard.press("Enter");
	await page.getByText("Byron is qualified.").or(page.getByRole("heading", { name: /Byron/ })).first().waitFor();
	await page.getByRole("button", { name: "Close" }).waitFor();
	assert.equal((await api("GET", "/api/v2/users/email:byron@keys.example")).qualified, true);
	assertClean(page);
});
