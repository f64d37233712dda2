// Answers that are lost after the commit: "Try again" makes no second object. Then a line that is slow or dead: a form
// sends once, shows that it is sending, keeps its text, and recovers.
import assert from "node:assert/strict";
import {
	api, assertClean, becomes, context, ignore, joinThrough, nameOfNewCampaign, run, signedIn, visit,
} from "./browser.mjs";

const NO_ANSWER = "referd did not answer. Your text is kept.";

/** Counts the POST requests to `path`. The server gets each of them, but the page gets no answer to the first. */
async function loseFirst(page, path) {
	const sent = { n: 0 };
	await page.route((url) => url.pathname === path, async (route) => {
		if (route.request().method() !== "POST") return route.fallback();
		if (sent.n++ > 0) return route.fallback();
		const answer = await route.fetch();
		assert.ok(answer.ok(), await answer.text());
		return route.abort();
	});
	return sent;
}

async function again(page) {
	await page.getByText(NO_ANSWER).first().waitFor();
	await page.getByRole("button", { name: "Try again" }).first().click();
}

const named = async (path, name) => (await api("GET", path)).filter((one) => one.name === name).length;

async function createdOnce(page) {
	const campaigns = await loseFirst(page, "/api/v2/campaigns");
	const name = await nameOfNewCampaign(page);
	await name.fill("Lost and found");
	await name.press("Enter");
	await again(page);
	await page.getByRole("heading", { name: "Lost and found" }).waitFor();
	assert.deepEqual([campaigns.n, await named("/api/v2/campaigns", "Lost and found")], [2, 1]);

	const [campaign] = (await api("GET", "/api/v2/campaigns")).filter((c) => c.name === "Lost and found");
	const ada = await joinThrough(campaign.code, "Ada", "ada@lost.example");
	await joinThrough(ada.code, "Ben", "ben@lost.example");

	const webhooks = await loseFirst(page, "/api/v2/webhooks");
	await visit(page, "webhooks/new");
	await page.getByRole("textbox", { name: "URL" }).fill(context.receiver);
	await page.getByLabel("Name of the webhook").fill("Lost webhook");
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await again(page);
	await page.getByRole("heading", { name: "Lost webhook" }).waitFor();
	assert.deepEqual([webhooks.n, await named("/api/v2/webhooks", "Lost webhook")], [2, 1]);

	const webhook = (await api("GET", "/api/v2/webhooks")).find((w) => w.name === "Lost webhook");
	const replays = await loseFirst(page, `/api/v2/webhooks/${webhook.id}/replay`);
	await visit(page, `webhooks/${webhook.id}/replay`);
	await page.getByRole("button", { name: /^Send \d/ }).click();
	await again(page);
	await page.getByText("queued").first().waitFor();
	assert.deepEqual([replays.n, (await api("GET", `/api/v2/webhooks/${webhook.id}/replays`)).length], [2, 1]);
	await page.unrouteAll();
}

/** The same text, sent again on purpose, is a second object. */
async function createdTwice(page) {
	for (const n of [1, 2]) {
		await visit(page, "campaigns");
		const name = await nameOfNewCampaign(page);
		await name.fill("Twins");
		await name.press("Enter");
		await page.getByRole("heading", { name: "Twins" }).waitFor();
		assert.equal(await named("/api/v2/campaigns", "Twins"), n);
	}
}

async function onSlowLine(page, campaign) {
	const line = await page.context().newCDPSession(page);
	const conditions = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 }; // slow 3G
	let sent = 0;
	page.on("request", (request) => request.method() === "POST" && request.url().endsWith("/api/v2/users") && sent++);
	await visit(page, `users/new?campaign_id=${campaign.id}`);
	await page.getByLabel("First name").fill("Slow");
	await page.getByLabel("E-mail").fill("slow@lost.example");
	const button = page.getByRole("button", { name: "Add user" });
	await line.send("Network.emulateNetworkConditions", conditions);
	const whileBusy = await button.evaluate((b) => new Promise((done) => {
		const told = () => b.getAttribute("aria-busy") === "true" && done(b.form.querySelector("#user-name").value);
		new MutationObserver(told).observe(b, { attributes: true });
		for (let i = 0; i < 3; i++) b.click();
	}));
	assert.equal(whileBusy, "Slow");
	await page.getByRole("heading", { name: "Slow" }).waitFor();
	assert.equal(sent, 1);
	await line.send("Network.emulateNetworkConditions", { ...conditions, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
}

async function onDeadLine(page, campaign) {
	await visit(page, `users/new?campaign_id=${campaign.id}`);
	await page.getByLabel("First name").fill("Dead");
	await page.getByLabel("E-mail").fill("dead@lost.example");
	await page.context().setOffline(true);
	await page.getByRole("button", { name: "Add user" }).click();
	await page.getByText(NO_ANSWER).waitFor();
	assert.equal(await page.getByLabel("E-mail").inputValue(), "dead@lost.example");
	await page.context().setOffline(false);
	await again(page);
	await page.getByRole("heading", { name: "Dead" }).waitFor();
}

/** A filter is a part of the address: it stays after a reload, and on the way back from a delivery. */
async function keepsItsPlace(page) {
	await visit(page, "deliveries?status=delivered");
	const filter = page.getByLabel("Status");
	await page.reload();
	await filter.waitFor();
	await becomes("the filter", () => filter.inputValue(), "delivered");
	await page.locator("tbody").getByRole("link").first().click();
	await page.waitForURL(/deliveries\/\d+/);
	await page.goBack();
	await filter.waitFor();
	await becomes("the filter", () => filter.inputValue(), "delivered");
	await page.goForward();
	await page.waitForURL(/deliveries\/\d+/);
}

await run(async () => {
	const page = await signedIn("campaigns");
	await createdOnce(page);
	await createdTwice(page);
	const campaign = (await api("GET", "/api/v2/campaigns")).find((c) => c.name === "Lost and found");
	await onSlowLine(page, campaign);
	await onDeadLine(page, campaign);
	await keepsItsPlace(page);
	ignore(page, /ERR_(FAILED|INTERNET_DISCONNECTED)/); // each lost answer
	assertClean(page);
});
