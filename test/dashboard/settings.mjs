// Settings: the inbound line qualifies a friend as it is shown, rotating keeps the old address, and a token is shown once.
import assert from "node:assert/strict";
import { api, assertClean, context, joinThrough, run, signedIn, visit } from "./browser.mjs";

/** The address in the line that the page shows. */
async function addressOn(page) {
	await page.getByRole("button", { name: "Show" }).click();
	const line = page.locator("pre").filter({ hasText: /"http/ });
	return /"(http[^"]+)"/.exec(await line.innerText())[1];
}

async function qualify(address, code) {
	const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ code }) });
	return (await answer.json()).changed;
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Settings" });
	const jessica = await joinThrough(campaign.code, "Jessica", "jessica@settings.example");
	const friends = [];
	for (const n of [1, 2]) friends.push(await joinThrough(jessica.code, "Friend", `friend${n}@settings.example`));

	const page = await signedIn("settings/inbound");
	assert.ok(!(await page.locator("main").innerText()).includes(context.inbound));
	const first = await addressOn(page);
	assert.equal(await qualify(first, friends[0].code), true);
	await page.getByRole("button", { name: "Rotate" }).click();
	await page.getByText("The old secret works until").waitFor();
	assert.equal(await qualify(first, friends[1].code), true);

	await visit(page, "settings/tokens");
	await page.getByLabel("What it is for").fill("CRM");
	await page.keyboard.press("Enter");
	const token = await page.getByRole("status").locator("code").innerText();
	const headers = { Authorization: `Bearer ${token}` };
	assert.equal((await fetch(`${context.url}/api/v2/campaigns`, { headers })).status, 200);
	await page.getByRole("button", { name: "Revoke: CRM" }).click();
	const question = page.getByRole("alertdialog", { name: "Revoke: CRM" });
	const words = question.getByText("This cannot be undone.");
	assert.ok(await words.evaluate((e) => e.scrollWidth <= e.clientWidth), "the question is cut");
	await question.getByRole("button", { name: "Revoke" }).click();
	await page.getByText("The token CRM is revoked.").waitFor();
	assert.equal((await fetch(`${context.url}/api/v2/campaigns`, { headers })).status, 401);
	assertClean(page);
});
