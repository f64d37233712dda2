// The audit list: two people change things in their own windows, and a third sees who did what, without a reload. It
// names nobody who was erased.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, becomes, context, joinThrough, run, signedIn, visit,
} from "./browser.mjs";

async function colleague(name, scope) {
	return api("POST", "/api/v2/tokens", { name, scopes: [scope] });
}

/** The row that has all these texts. */
function row(page, ...texts) {
	return texts.reduce((rows, text) => rows.filter({ hasText: text }), page.getByRole("row"));
}

async function changeThings(campaign, webhook, ann, ben) {
	const [first, second] = await Promise.all([
		signedIn(`campaigns/${campaign.id}`, { token: ann.token }),
		signedIn(`webhooks/${webhook.id}`, { token: ben.token }),
	]);
	await Promise.all([
		(async () => {
			await first.getByRole("button", { name: "Actions" }).first().click();
			await first.getByRole("button", { name: "Pause" }).click();
		})(),
		second.getByRole("button", { name: "Disable", exact: true }).click(),
	]);
	return [first, second];
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Spring", status: "launched" });
	const webhook = await api("POST", "/api/v2/webhooks", { name: "CRM", event: "user.join", url: context.receiver });
	const jessica = await joinThrough(campaign.code, "Jessica", "jessica@audit.example");
	const [ann, ben] = [await colleague("Ann", "write"), await colleague("Ben", "write")];

	const page = await signedIn("settings/audit");
	await row(page, "Created", "Webhook CRM").waitFor();
	const others = await changeThings(campaign, webhook, ann, ben);
	await row(page, "Ann", "Changed: Status", "Campaign Spring").waitFor();
	await row(page, "Ben", "Disabled", "Webhook CRM").waitFor();
	await api("PUT", `/api/v2/users/${jessica.code}`, { first_name: "Jessy" });
	await row(page, "Changed: First name", "User Jessy").waitFor();
	await api("DELETE", `/api/v2/users/${jessica.code}`);
	await row(page, "Erased", "User 1").waitFor();
	assert.doesNotMatch(await page.locator("main").innerText(), /jess/i);
	await assertAccessible(page);

	await page.getByLabel("Who").selectOption("Ben");
	await row(page, "Campaign Spring").first().waitFor({ state: "detached" });
	await page.waitForURL(/actor=token%3A\d+/);
	await page.keyboard.press("Escape");
	await page.locator("h1").click();
	await page.keyboard.press("j");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "CRM", level: 1 }).waitFor();
	await page.getByRole("link", { name: "Changes" }).click();
	await row(page, "Created", "Webhook CRM").waitFor();
	await becomes("the filter", () => page.getByLabel("Object").inputValue(), `webhook:${webhook.id}`);
	await row(page, "Campaign Spring").first().waitFor({ state: "detached" });
	await page.getByLabel("Day").fill("2020-02-29");
	await page.getByText("No change matches. Remove a filter.").waitFor();

	await visit(others[0], "settings/audit");
	await others[0].getByText("Needs the scope admin").waitFor();
	const german = await signedIn("settings/audit", { language: "de-DE", width: 360, height: 740, scheme: "dark" });
	await row(german, "Ann", "Geändert: Status", "Kampagne Spring").waitFor();
	await assertFits(german);
	await assertAccessible(german);
	for (const each of [page, german, ...others]) assertClean(each);
});
