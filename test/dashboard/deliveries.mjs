// Deliveries: what happened to one event, byte by byte, and a list that is live but never moves under its reader.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, becomes, context, joinThrough, run, signedIn, visit,
} from "./browser.mjs";

/** Long German words on a phone: a button stays inside its panel, and the words of the counts are whole. */
async function longWords(german, webhook) {
	await visit(german, `webhooks/${webhook.id}`);
	const again = german.getByRole("link", { name: "Vergangene Ereignisse noch einmal senden" });
	await again.waitFor();
	const isInside = (e) => e.getBoundingClientRect().right < e.closest("section").getBoundingClientRect().right;
	await becomes("the button is inside its panel", () => again.evaluate(isInside), true);
	await visit(german, "campaigns");
	const words = german.locator(".campaign .number .meta");
	await words.first().waitFor();
	const lines = () => words.evaluateAll((all) => Math.max(...all.map((e) => e.offsetHeight / parseFloat(getComputedStyle(e).lineHeight))));
	await becomes("the lines of a word", lines, 1);
}

/** The reason of a failure is in plain words, with the code beside it, in English and in German. */
async function reasons(page, campaign) {
	const dead = await api("POST", "/api/v2/webhooks", {
		name: "Dead", event: "user.join", url: "https://127.0.0.1:1/hook", campaign_id: campaign.id, types: ["person_referring"],
	});
	await visit(page, `deliveries?webhook_id=${dead.id}`);
	const dora = await joinThrough(campaign.code, "Dora", "dora@deliveries.example");
	const row = page.getByRole("row").filter({ hasText: dora.code });
	await row.getByText("No connection (connect)").waitFor();
	await row.getByText(/^\d of 10/).waitFor(); // a slow page may show a later attempt
	await row.getByRole("link").first().click();
	await page.getByText("No connection to 127.0.0.1 could be made.").waitFor();
	await page.locator("dl.steps").getByText("ended here").waitFor();
	await page.locator("dl.steps").getByText("not reached").first().waitFor();
	const address = page.url().split("#/")[1];
	await visit(page, `users/${dora.code}`);
	await page.getByText(/Attempt \d+ of 10: No connection \(connect\)\. The next is at/).waitFor();
	const german = await signedIn(address, { language: "de-DE", token: context.token, width: 360 });
	await german.getByText("Die Verbindung zu 127.0.0.1 kam nicht zustande.").waitFor();
	await assertFits(german);
	await visit(german, `deliveries?webhook_id=${dead.id}`);
	await german.getByText("Keine Verbindung (connect)").first().waitFor();
	await visit(german, "webhooks/999999");
	await german.getByText("Diesen Webhook gibt es nicht.").waitFor();
	await longWords(german, dead);
	await german.context().close();
	await api("DELETE", `/api/v2/webhooks/${dead.id}`);
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Deliveries" });
	const webhook = await api("POST", "/api/v2/webhooks", {
		name: "Deliveries", event: "user.join", url: context.receiver, campaign_id: campaign.id, format: "json",
		types: ["person_invited", "person_referring"], headers: [{ name: "X-Key", value: "s3cret" }],
	});
	const join = (name) => joinThrough(campaign.code, name, `${name.toLowerCase()}@deliveries.example`);
	for (let i = 0; i < 12; i++) await join(`Friend${i}`);

	const page = await signedIn(`deliveries?webhook_id=${webhook.id}`, { height: 400 });
	const first = () => page.locator("tbody tr").first().locator(".mono").textContent();
	const byron = await join("Byron");
	await page.getByRole("link", { name: byron.code }).waitFor();
	assert.equal(await first(), byron.code);

	await page.waitForFunction(() => {
		window.scrollTo(0, 300); // as far as the page has content
		return window.scrollY > 100;
	});
	const ada = await join("Ada");
	await page.getByRole("button", { name: "1 new" }).waitFor();
	assert.equal(await first(), byron.code);
	await page.getByRole("button", { name: "1 new" }).click();
	await page.getByRole("link", { name: ada.code }).waitFor();
	assert.equal(await first(), ada.code);

	await page.locator("tbody tr").first().getByText("Delivered").waitFor();
	await page.locator("tbody tr").first().getByRole("link").first().click();
	await page.getByText("The receiver has this event.").waitFor();
	const id = Number(page.url().match(/deliveries\/(\d+)/)[1]);
	const { request, message_id } = await api("GET", `/api/v2/deliveries/${id}`);
	await page.keyboard.press("r");
	await page.locator("pre[data-tab=request]").waitFor();
	const shown = await page.locator("pre[data-tab=request]").textContent();
	assert.ok(shown.startsWith("POST /hook HTTP/1.1\n") && shown.endsWith(`\n\n${request.body}`), shown);
	assert.ok(shown.includes(`webhook-id: ${message_id}\n`) && shown.includes("s3cret"), shown);
	await page.getByRole("button", { name: "Hex" }).click();
	await page.locator("pre.hex", { hasText: "0000  50 4f 53 54 20 2f 68 6f" }).waitFor();
	await page.getByRole("button", { name: "curl" }).click();
	await page.locator("pre[data-tab=curl]", { hasText: `curl -X POST '${context.receiver}'` }).waitFor();
	await assertAccessible(page);
	await assertFits(page);

	await page.getByRole("button", { name: "Send again" }).click();
	await page.getByRole("button", { name: "#2" }).waitFor();
	await page.keyboard.press("1");
	await page.locator("[aria-pressed=true]", { hasText: "#1" }).waitFor();
	await page.keyboard.press("s");
	await page.locator("pre[data-tab=response]").or(page.getByText("The response has no body.")).first().waitFor();
	assertClean(page);

	await api("POST", "/api/v2/webhooks", {
		name: "Only widgets", event: "user.join", url: context.receiver, campaign_id: campaign.id, sources: ["Widget"],
	});
	const carl = await join("Carl");
	await visit(page, `users/${carl.code}`);
	await page.getByRole("listitem").filter({ hasText: "Only widgets" }).getByText("Not sent").first().waitFor();
	await page.getByText("It does not want users of the source Direct.").or(page.getByText("It does not want person_referring.")).first().waitFor();
	await page.getByRole("listitem").filter({ hasText: "Deliveries" }).getByText("Delivered").first().waitFor();
	await assertAccessible(page);
	await assertFits(page);

	await visit(page, "campaigns");
	const notice = page.locator(".notice").filter({ hasText: "Only widgets gets nothing." });
	await notice.getByText("the webhook wants the source Widget, all had Direct.").waitFor();
	await notice.getByRole("link", { name: "Change who" }).click();
	await page.getByText("Only from: Widget").waitFor();

	await visit(page, `webhooks/${webhook.id}`);
	await page.getByRole("link", { name: "Send past events again" }).click();
	await page.getByText("events of this time fits").waitFor();
	await page.getByLabel("Delivered already").check();
	await page.getByRole("button", { name: "Send 15" }).click();
	await page.getByText("15 deliveries were queued.").waitFor();
	await assertAccessible(page);
	await assertFits(page);

	await reasons(page, campaign);
	const { token } = await api("POST", "/api/v2/tokens", { name: "Viewer", scopes: ["read"] });
	const viewer = await signedIn(`deliveries/${id}?tab=request`, { token, width: 360, scheme: "dark" });
	await viewer.getByText("Secret values are masked for your scope.").waitFor();
	assert.ok(!(await viewer.locator("pre.bytes").textContent()).includes("s3cret"));
	assert.ok(await viewer.getByRole("button", { name: "Send again" }).isDisabled());
	await visit(viewer, `deliveries/${id}`);
	await assertAccessible(viewer);
	await assertFits(viewer);
});
