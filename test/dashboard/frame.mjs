// The frame by keyboard alone: keys, headings, titles, the palette, theme and language, and the navigation at each width.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, becomes, choose, context, focused, joinThrough,
	picture, run, signedIn, visit,
} from "./browser.mjs";

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const focusedHeading = (page, name) =>
	page.waitForFunction((text) => document.activeElement?.tagName === "H1" && document.activeElement.textContent === text, name);

/** Types into the palette and presses Enter at once: the first result opens. */
async function find(page, text) {
	await page.keyboard.press("Control+k");
	const field = page.getByRole("combobox", { name: "Find" });
	await field.fill(text);
	await page.keyboard.press("Enter");
	await field.waitFor({ state: "detached" });
}

async function keys(page) {
	await visit(page, "users");
	await page.keyboard.press("j");
	await page.keyboard.press("j");
	await page.keyboard.press("k");
	await page.keyboard.press("Enter");
	await focusedHeading(page, "Byron");
	await becomes("the title", () => page.title(), "Byron · referd");
	await page.keyboard.press("Escape");
	await focusedHeading(page, "Users");
	await page.keyboard.press("/");
	await focused(page, page.getByLabel("Search", { exact: true }));
	await page.keyboard.type("Jess");
	await page.getByRole("link", { name: "Byron" }).waitFor({ state: "detached" });
	await page.keyboard.press("Escape");
	await page.keyboard.press("?");
	const list = page.getByRole("dialog", { name: "Keys" });
	await list.waitFor();
	await assertAccessible(page);
	await list.getByRole("checkbox").uncheck();
	await page.keyboard.press("Escape");
	await list.waitFor({ state: "detached" });
	await page.keyboard.press("?");
	assert.equal(await list.count(), 0);
	await page.reload();
	await heading(page, "Users");
	await page.keyboard.press("?");
	assert.equal(await list.count(), 0);
	await page.getByRole("button", { name: "Keys" }).click();
	await list.getByRole("checkbox").check();
	await list.getByRole("button", { name: "Close" }).click();
}

async function palette(page, user, delivery) {
	await find(page, user.code);
	await focusedHeading(page, "Byron");
	await find(page, "byron@frame.example");
	await find(page, "Autumn");
	await heading(page, "Autumn");
	await find(page, "crm.frame");
	await heading(page, "Frame CRM");
	await find(page, "settings");
	await heading(page, "Settings");
	await page.keyboard.press("Control+k");
	await page.getByRole("combobox").fill(String(delivery.id));
	const line = page.getByRole("option").filter({ hasText: `${delivery.event} ${delivery.id}` });
	await line.waitFor();
	await choose(page, line);
	await assertAccessible(page);
	await page.keyboard.press("Enter");
	await page.waitForURL(`${context.url}/#/deliveries/${delivery.id}`);
	await page.keyboard.press("Control+k");
	await page.getByRole("option").first().waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("combobox", { name: "Find" }).waitFor({ state: "detached" });
}

async function choices(page) {
	await visit(page, "settings/display");
	const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
	await page.getByLabel("Dark").check();
	await page.getByLabel("Deutsch").check();
	await heading(page, "Einstellungen");
	await page.reload();
	await heading(page, "Einstellungen");
	await becomes("the language", () => page.evaluate(() => document.documentElement.lang), "de");
	await becomes("the background", background, "rgb(20, 19, 17)");
	await assertAccessible(page);
	await page.getByLabel("Hell").check();
	await page.getByLabel("Wie der Browser").check();
	await heading(page, "Settings");
	await becomes("the background", background, "rgb(247, 246, 243)");
}

async function narrow() {
	for (const width of [360, 768]) {
		const page = await signedIn("", { width });
		await page.getByRole("button", { name: "More" }).click();
		const more = page.getByRole("dialog", { name: "More" });
		await more.waitFor();
		await picture(page, `more-${width}-light`);
		await more.getByRole("button", { name: "Find" }).click();
		await page.getByRole("combobox", { name: "Find" }).fill("deliv");
		await page.getByRole("option", { selected: true }).filter({ hasText: "Deliveries" }).waitFor();
		await assertFits(page);
		await assertAccessible(page);
		await picture(page, `palette-${width}-light`);
		await page.keyboard.press("Enter");
		await heading(page, "Deliveries");
		assertClean(page);
		await page.context().close();
	}
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Autumn" });
	await api("POST", "/api/v2/webhooks", { name: "Frame CRM", event: "user.join", url: "https://crm.frame.example/h" });
	const jessica = await joinThrough(campaign.code, "Jessica", "jessica@frame.example");
	const user = await joinThrough(jessica.code, "Byron", "byron@frame.example");
	const [delivery] = await api("GET", `/api/v2/deliveries?user_id=${user.id}`);
	const page = await signedIn();
	await keys(page);
	await palette(page, user, delivery);
	await choices(page);
	assertClean(page);
	await narrow();
});
