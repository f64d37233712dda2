// A restart of the server under open pages: they say from when they are, keep typed text, and recover by themselves.
import assert from "node:assert/strict";
import { api, assertClean, assertFits, context, ignore, joinThrough, open, run, signedIn, tab } from "./browser.mjs";

const remote = async (action) => assert.equal((await fetch(`${context.remote}/${action}`, { method: "POST" })).status, 204);

const NO_ANSWER = "referd did not answer. Your text is kept.";
const FILE = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from("first_name,email\nAda,ada@restart.example\n") };

async function assertAway(pages) {
	for (const page of pages) await page.locator(".stale").getByText("As of").waitFor();
}

async function assertBack(pages) {
	for (const page of pages) await page.locator(".stale").waitFor({ state: "detached" });
}

/** Each of these forms holds text; `send` fails while the server is away. */
async function openForms(page, campaign) {
	const webhook = await tab(page, "webhooks/new");
	await webhook.getByRole("textbox", { name: "URL" }).fill(`${context.receiver}?typed`);
	await webhook.getByLabel("Name of the webhook").fill("Typed webhook");
	await webhook.locator("pre.bytes").filter({ hasText: "uTEST001" }).waitFor();
	const builder = await tab(page, `campaigns/${campaign.id}/edit/settings`);
	await builder.getByLabel("Name", { exact: true }).or(builder.getByLabel("Name of the campaign")).first().fill("Typed campaign");
	const user = await tab(page, `users/new?campaign_id=${campaign.id}`);
	await user.getByLabel("First name").fill("Typed user");
	await user.getByLabel("E-mail").fill("typed@restart.example");
	const file = await tab(page, `users/import?campaign_id=${campaign.id}`);
	await file.locator("input[type=file]").setInputFiles(FILE);
	await file.getByRole("button", { name: "Import 1 user" }).waitFor();
	return { webhook, builder, user, file };
}

async function sendForms({ webhook, builder, user, file }) {
	await webhook.getByRole("button", { name: "Save", exact: true }).click();
	await builder.getByRole("button", { name: "Save", exact: true }).click();
	await user.getByRole("button", { name: "Add user" }).click();
	await file.getByRole("button", { name: "Import 1 user" }).click();
	for (const form of [webhook, builder, user, file]) await form.getByText(NO_ANSWER).first().waitFor();
}

async function again(form) {
	await form.getByRole("button", { name: "Try again" }).first().click();
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Restart" });
	const before = { name: "Before", event: "user.join", types: ["person_referring"], url: context.receiver, campaign_id: campaign.id };
	await api("POST", "/api/v2/webhooks", before);
	const page = await signedIn("deliveries");
	const forms = await openForms(page, campaign);
	const visitor = await open({ width: 360 });
	await visitor.getByLabel("API token").fill(context.token);

	await remote("stop");
	await assertAway([page, ...Object.values(forms)]);
	await sendForms(forms);
	await visitor.keyboard.press("Enter");
	await visitor.getByText(NO_ANSWER).waitFor();
	await remote("start");
	await assertBack([page, ...Object.values(forms)]);

	await again(visitor);
	await visitor.getByRole("navigation").waitFor();
	for (const form of Object.values(forms)) await again(form);
	await forms.user.getByRole("heading", { name: "Typed user" }).waitFor();
	await forms.builder.getByText("Everything is saved").waitFor();
	await forms.file.getByText("people.csv is imported.").waitFor();
	await forms.webhook.getByRole("heading", { name: "Typed webhook" }).waitFor();
	assert.equal((await api("GET", `/api/v2/campaigns/${campaign.id}`)).name, "Typed campaign");
	assert.equal((await api("GET", "/api/v2/webhooks")).filter((w) => w.name === "Typed webhook").length, 1);

	const emma = await joinThrough(campaign.code, "Emma", "emma@restart.example");
	await page.getByRole("link", { name: emma.code }).first().waitFor();

	await visitor.goto(`${context.url}/#/users/new?campaign_id=${campaign.id}`);
	await visitor.getByLabel("First name").fill("Kept");
	await remote("kill");
	await assertAway([page, visitor]);
	await assertFits(visitor);
	await remote("start");
	await assertBack([page, visitor]);
	assert.equal(await visitor.getByLabel("First name").inputValue(), "Kept");
	const fred = await joinThrough(campaign.code, "Fred", "fred@restart.example");
	await page.getByRole("link", { name: fred.code }).first().waitFor();
	for (const window of [page, visitor]) ignore(window, /ERR_|422/);
	assertClean(page);
	assertClean(visitor);
});
