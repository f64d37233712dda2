// People: one is added by hand, changed and changed back, qualified, refunded, and erased.
import assert from "node:assert/strict";
import { api, assertAccessible, assertClean, assertFits, ignore, joinThrough, run, signedIn } from "./browser.mjs";

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "People" });
	const rule = { campaign_id: campaign.id, name: "Share", metric: "commission", percent: 10, currency: "EUR" };
	await api("POST", "/api/v2/reward-rules", rule);
	const jessica = await joinThrough(campaign.code, "Jessica", "jessica@people.example");

	const page = await signedIn("users", { width: 360 });
	await page.getByRole("link", { name: "Add user" }).click();
	await page.getByLabel("Campaign").selectOption({ label: "People" });
	await page.getByLabel("First name").fill("Byron <b>");
	await page.getByLabel("E-mail").fill("byron@");
	await page.getByLabel("Invited by").fill("jessica@people.example");
	await page.getByRole("button", { name: "Add user" }).click();
	await page.getByText("needs a domain after the @").waitFor();
	ignore(page, /422/); // the refused address
	await page.getByLabel("E-mail").fill("byron@people.example");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Byron <b>" }).waitFor();
	await page.getByRole("link", { name: "Jessica" }).waitFor();

	await page.getByRole("button", { name: "Edit" }).click();
	await page.getByLabel("First name").fill("Byron Katz");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Byron Katz" }).waitFor();
	await page.getByRole("button", { name: "Undo" }).click();
	await page.getByRole("heading", { name: "Byron <b>" }).waitFor();

	await page.getByRole("button", { name: "Qualify" }).click();
	await page.getByLabel("Order number").fill("A-1");
	await page.getByLabel("Amount").fill("49,90");
	await page.getByLabel("Currency").fill("eur");
	await page.keyboard.press("Enter");
	await page.getByText("Share: EUR 4.99 for the person who invited Byron <b>").waitFor();
	await assertAccessible(page);
	await page.getByRole("button", { name: "Close" }).click();
	await page.getByRole("button", { name: "Refund" }).click();
	await page.getByLabel("Order number").fill("A-1");
	await page.getByRole("button", { name: "Refund" }).last().click();
	await page.getByRole("heading", { name: "Byron <b> is no longer qualified." }).waitFor();
	await page.getByText("Cancelled").waitFor();
	await page.getByRole("button", { name: "Close" }).click();
	assert.equal((await api("GET", `/api/v2/rewards?user_id=${jessica.id}`))[0].state, "cancelled");

	const [byron] = await api("GET", `/api/v2/users?campaign_id=${campaign.id}&q=byron`);
	await page.getByRole("button", { name: "Erase" }).click();
	const erase = page.getByRole("button", { name: "Erase" }).last();
	await erase.and(page.locator(":disabled")).waitFor();
	await page.getByLabel(/^Type /).fill(byron.code);
	await assertFits(page);
	await erase.click();
	await page.getByText("The person is erased.").waitFor();
	assert.equal((await api("GET", `/api/v2/users?campaign_id=${campaign.id}`)).length, 1);
	assertClean(page);
});
