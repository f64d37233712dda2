// The first event: a campaign is made, a friend joins in another window, and the delivery shows up without a reload.
import assert from "node:assert/strict";
import { api, assertClean, context, ignore, nameOfNewCampaign, open, run, signIn } from "./browser.mjs";

await run(async () => {
	const page = await open();
	await page.getByLabel("API token").fill("0".repeat(64));
	await page.keyboard.press("Enter");
	await page.getByRole("alert").getByText("this API token is not valid").waitFor();
	ignore(page, /401/); // the refused token
	await signIn(page);

	await (await nameOfNewCampaign(page)).fill("Spring");
	await page.keyboard.press("Enter");
	await page.getByRole("link", { name: "Spring", exact: true }).first().click();
	await page.getByRole("heading", { name: "Spring" }).waitFor();
	const link = await page.getByRole("link", { name: /\/join$/ }).getAttribute("href");
	const types = ["person_referring", "person_invited"];
	const wanted = { name: "CRM", event: "user.join", types, url: context.receiver };
	const webhook = await api("POST", "/api/v2/webhooks", wanted);

	await page.getByRole("link", { name: "Deliveries" }).click();
	await page.getByLabel("Webhook", { exact: true }).selectOption({ label: "CRM" });
	await page.getByText("No delivery fits these filters").waitFor();
	const friend = await page.context().newPage();
	await friend.goto(link);
	await friend.locator('input[name="first_name"]').fill("Byron <b>");
	await friend.locator('input[name="email"]').fill("byron@example.com");
	await friend.keyboard.press("Enter");
	await friend.waitForURL(/\/me\//);
	await page.bringToFront();

	const row = page.getByRole("row").filter({ hasText: "user.join" });
	await row.getByText("Delivered").waitFor();
	await row.getByRole("link").first().click();
	await page.getByText("The receiver has this event.").waitFor();
	await page.getByRole("button", { name: "Send again" }).click();
	await page.getByRole("button", { name: /^#2/ }).waitFor();

	await page.getByRole("link", { name: "Users" }).click();
	await page.getByRole("link", { name: "Byron <b>" }).click();
	await page.getByRole("heading", { name: "Byron <b>" }).waitFor();
	assert.equal(await page.locator("main b").count(), 0);
	assertClean(page);
	return { webhook: webhook.id };
});
