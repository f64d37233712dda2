// Rewards: a rule is made, a friend qualifies, the reward is due, and it is issued with others at once.
import assert from "node:assert/strict";
import { api, assertAccessible, assertClean, assertFits, becomes, joinThrough, run, signedIn, visit } from "./browser.mjs";

/** A rule for friends who join: its coupons are the only due rewards, so their list shows them at once. Then it ends. */
async function friendsGetCoupons(page, jessica) {
	await visit(page, "rewards/rules");
	await page.getByRole("button", { name: "New rule" }).click();
	await page.getByLabel("Campaign").selectOption({ label: "Rewards" });
	await page.getByLabel("Name of the reward").fill("Voucher");
	await page.getByLabel("Kind").selectOption({ label: "Coupon" });
	await page.getByLabel("Earned").selectOption({ label: "when somebody joins" });
	await page.getByLabel("Reward", { exact: true }).selectOption({ label: "for the friend" });
	await page.getByRole("button", { name: "Create rule" }).click();
	await page.getByRole("heading", { name: "Voucher" }).waitFor();
	await joinThrough(jessica.code, "Dora", "dora@rewards.example");
	await visit(page, "rewards/due");
	await page.getByRole("combobox", { name: "Kind" }).getByText("Coupon (1)").waitFor({ state: "attached" });
	await page.getByRole("row").filter({ hasText: "dora@rewards.example" }).waitFor();
	await assertAccessible(page);

	await visit(page, "rewards/rules");
	await page.getByRole("button", { name: "End the rule: Voucher" }).click();
	await page.getByText("The rule makes no more rewards.").waitFor();
	await page.getByRole("button", { name: "End the rule", exact: true }).click();
	await page.getByText("Voucher has ended.").waitFor();
	await page.locator("section").filter({ hasText: "Voucher" }).getByText("Archived").waitFor();
	await assertAccessible(page);
}

/** If no reward on the page has a reason, there is room for whole addresses. If a reward has a reason, its column appears. */
async function addressesHaveRoom(page) {
	await page.setViewportSize({ width: 768, height: 800 });
	await visit(page, "rewards/due");
	const address = page.getByRole("row").filter({ hasText: "Ten euros" }).first().getByText("jessica@rewards.example");
	await address.waitFor();
	await becomes("the address is whole", () => address.evaluate((e) => e.scrollWidth <= e.clientWidth), true);
	await assertFits(page);
	await assertAccessible(page);
	await page.setViewportSize({ width: 1280, height: 800 });
}

/** An order without an amount: its commission is due without a sum until somebody sets it, in the list or at the person. */
async function commissionGetsAnAmount(page, campaign, jessica) {
	const rule = { campaign_id: campaign.id, name: "Share", metric: "commission", percent: 10, currency: "EUR" };
	await api("POST", "/api/v2/reward-rules", rule);
	for (const name of ["Eve", "Fay"]) {
		const friend = await joinThrough(jessica.code, name, `${name}@rewards.example`);
		await api("PUT", "/api/v2/users/qualification", { code: friend.code, qualified: true });
	}
	const due = () => api("GET", `/api/v2/rewards/due/commission?campaign_id=${campaign.id}`);
	await visit(page, "rewards/due?metric=commission");
	const row = page.getByRole("row").filter({ hasText: jessica.code }).first();
	await row.getByText("no amount yet").waitFor();
	await row.getByText("set its amount, or cancel it").waitFor();
	await row.getByRole("button", { name: "Set the amount" }).click();
	const dialog = page.getByRole("dialog", { name: "Set the amount" });
	await dialog.getByLabel("Amount in EUR").fill("0");
	await dialog.getByRole("button", { name: "Set the amount" }).click();
	await dialog.getByText("Write an amount above 0").waitFor();
	await assertAccessible(page);
	await dialog.getByLabel("Amount in EUR").fill("4,99");
	await page.keyboard.press("Enter");
	await dialog.waitFor({ state: "detached" });
	await page.getByRole("row").filter({ hasText: "EUR 4.99" }).waitFor();
	assert.deepEqual((await due()).map((r) => r.amount).sort(), [0, 499]);

	await visit(page, `users/${jessica.code}`);
	await page.getByRole("button", { name: "Change the amount: Share" }).click();
	await page.getByLabel("Amount in EUR").fill("1234.50");
	await page.keyboard.press("Enter");
	await page.getByText("EUR 1,234.50", { exact: true }).waitFor();
	await page.getByRole("button", { name: "Undo" }).click();
	await page.getByText("EUR 4.99", { exact: true }).waitFor();
	assert.deepEqual((await due()).map((r) => r.amount).sort(), [0, 499]);
}

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
	await addressesHaveRoom(page);
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
	await page.getByRole("row").filter({ hasText: "Jessica" }).first().getByText("EUR 10.00").waitFor();
	await friendsGetCoupons(page, jessica);
	await commissionGetsAnAmount(page, campaign, jessica);
	assertClean(page);
});
