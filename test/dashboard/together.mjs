// Two people at once: nobody overwrites a change that they have not seen, typed text is kept, and lists follow.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, becomes, context, ignore, joinThrough, run, signedIn, visit,
} from "./browser.mjs";

const CHANGED = "Somebody else changed this meanwhile. Your text is kept.";

/** Types into the field with this label, in the pages of Ann and of Bob; Ann saves first. `stored` answers the stored text. */
async function both(ann, bob, label, save, stored) {
	const field = (page) => page.getByLabel(label, { exact: true });
	await field(ann).fill("Text of Ann");
	await field(bob).fill("Text of Bob");
	await save(ann);
	await becomes("the stored text", stored, "Text of Ann");
	await save(bob);
	const panel = bob.getByRole("alert").filter({ hasText: CHANGED });
	await panel.getByText("“Text of Ann”").waitFor();
	assert.equal(await field(bob).inputValue(), "Text of Bob");
	await assertFits(bob);
	return { panel, field };
}

async function campaignByTwo(ann, bob, campaign) {
	const stored = () => api("GET", `/api/v2/campaigns/${campaign.id}`);
	const save = (page) => page.keyboard.press("Control+s");
	const name = (page) => page.getByLabel("Name of the campaign");
	for (const page of [ann, bob]) {
		await visit(page, `campaigns/${campaign.id}/edit/settings`);
		await name(page).waitFor();
	}
	await name(ann).fill("Named by Ann");
	await bob.getByLabel("Language of the pages").selectOption("de");
	await save(ann);
	await ann.getByText("Everything is saved").waitFor();
	await save(bob);
	await bob.getByText("Everything is saved").waitFor();
	await becomes("what the other changed", () => name(bob).inputValue(), "Named by Ann");
	const { name: now, lang } = await stored();
	assert.deepEqual([now, lang], ["Named by Ann", "de"]);

	const { panel } = await both(ann, bob, "Name of the campaign", save, async () => (await stored()).name);
	assert.equal((await stored()).name, "Text of Ann");
	await assertAccessible(bob);
	await panel.getByRole("button", { name: "Save my text" }).click();
	await becomes("the stored text", async () => (await stored()).name, "Text of Bob");
}

async function webhookByTwo(ann, bob, webhook) {
	for (const page of [ann, bob]) {
		await visit(page, `webhooks/${webhook.id}/settings`);
		await page.getByLabel("Name of the webhook").waitFor();
	}
	const save = (page) => page.getByRole("button", { name: "Save", exact: true }).click();
	const stored = async () => (await api("GET", `/api/v2/webhooks/${webhook.id}`)).name;
	const { panel, field } = await both(ann, bob, "Name of the webhook, for example CRM", save, stored);
	await panel.getByRole("button", { name: "Take theirs" }).click();
	await becomes("the taken text", () => field(bob).inputValue(), "Text of Ann");
	assert.equal(await stored(), "Text of Ann");
}

async function userByTwo(ann, bob, user) {
	for (const page of [ann, bob]) {
		await visit(page, `users/${user.code}?panel=edit`);
		await page.getByLabel("First name", { exact: true }).waitFor();
	}
	const save = (page) => page.getByRole("main").getByRole("button", { name: "Save", exact: true }).click();
	await bob.getByLabel("E-mail", { exact: true }).fill("bob@together.example");
	const stored = async () => (await api("GET", `/api/v2/users/${user.code}`)).first_name;
	const { panel } = await both(ann, bob, "First name", save, stored);
	await panel.getByRole("button", { name: "Save my text" }).click();
	await bob.getByRole("heading", { name: "Text of Bob" }).waitFor();
	await ann.getByRole("heading", { name: "Text of Bob" }).waitFor();
	const { first_name, email } = await api("GET", `/api/v2/users/${user.code}`);
	assert.deepEqual([first_name, email], ["Text of Bob", "bob@together.example"]);
}

/** What one of them does is in the lists of the other, without a reload. */
async function listsFollow(ann, bob, campaign) {
	await visit(bob, "campaigns");
	await visit(ann, `campaigns/${campaign.id}`);
	await ann.getByRole("button", { name: "Actions" }).click();
	await ann.getByRole("button", { name: "Pause", exact: true }).click();
	await bob.getByRole("main").getByText("Paused", { exact: true }).and(bob.locator(".status")).waitFor();
	await visit(bob, "webhooks");
	await api("POST", "/api/v2/webhooks", { name: "Second hook", event: "user.join", url: context.receiver });
	await bob.getByRole("link", { name: "Second hook" }).waitFor();
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Together" });
	const webhook = await api("POST", "/api/v2/webhooks", { name: "Together", event: "user.join", url: context.receiver });
	const user = await joinThrough(campaign.code, "Emma", "emma@together.example");
	const ann = await signedIn("");
	const bob = await signedIn("", { width: 360 });
	await campaignByTwo(ann, bob, campaign);
	await webhookByTwo(ann, bob, webhook);
	await userByTwo(ann, bob, user);
	await listsFollow(ann, bob, campaign);
	for (const page of [ann, bob]) {
		ignore(page, /412/); // the refused changes
		assertClean(page);
	}
});
