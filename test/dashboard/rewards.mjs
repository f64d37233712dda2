// Rewards: a rule is made, a friend qualifies, the reward is due, and it is issued with others at once.
import assert from "node:assert/strict";
import { api, assertClean, joinThrough, run, signedIn, visit } from "./browser.mjs";

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Rewards" });
	const jessica = await joinThrough(campaign.code, "Jessica", "jessica@rewards.example");

	const page = await signedIn("rewards/rules");
	await page.getByLabel("Campaign").selectOption({ label: "Rewards" });
	await page.getByLabel("Name of the reward").fill("Ten euros");
	await page.getByLabel("Amount", { exact: true }).fill("10.00");
	await page.getByRole("button", { name: "Create rule" }).click();
	await page.getByRole("heading", { name: "Ten euros" }).waitFor();

	for (const n of [1, 2, 3]) {
		const friend = await joinThrough(jessica.code, "Friend", `friend${n}@rewards.example`);
		await api("PUT", "/api/v2/users/qualification", { code: friend.code, qualified: true });
	}
	await visit(page, "rewards/due");
	await page.getByLabel("Ten euros, Jessica").first().check();
	await page.getByLabel("Ten euros, Jessica").nth(2).click({ modifiers: ["Shift"] });
	await page.getByRole("button", { name: "Issue 3 EUR 30.00" }).click();
	await page.getByText("Issue 3 rewards (EUR 30.00)? This cannot be undone.").waitFor();
	await page.getByRole("button", { name: "Issue 3" }).click();
	await page.getByText("3 rewards issued.").waitFor();
	const issued = await api("GET", `/api/v2/rewards/issued/amount?campaign_id=${campaign.id}`);
	assert.equal(issued.length, 3);
	await visit(page, "rewards/issued");
	await page.getByRole("row").filter({ hasText: "Jessica" }).first().getByText("Issued").waitFor();
	assertClean(page);
});
