// How a page loads: the sign-in form needs the first script alone, which begins the first calls of each page. A page shows
// each response even if changes come faster.
import assert from "node:assert/strict";
import { api, assertClean, context, joinThrough, open, run, signedIn, until, visit } from "./browser.mjs";

const ROUNDS = 3;

/** The form is there while every other file and every response is still on its way. */
async function formBeforeTheRest() {
	const page = await open();
	const own = await page.evaluate(() => [...document.scripts, ...document.querySelectorAll("link[rel=stylesheet]")].map((e) => e.src ?? e.href));
	let release;
	const released = new Promise((resolve) => (release = resolve));
	await page.route(/\/(assets|api)\//, async (route) => {
		if (!own.includes(route.request().url())) await released;
		await route.continue();
	});
	await page.reload({ waitUntil: "commit" });
	await page.getByLabel("API token").fill(context.token);
	release();
	await page.keyboard.press("Enter");
	await page.getByRole("navigation").waitFor();
	await page.unrouteAll({ behavior: "wait" });
	assertClean(page);
	await page.context().close();
}

/** Each call that the first script begins is a call of the page, with the same address. */
async function callsOfTheFirstScript(page, address) {
	await page.goto("about:blank");
	await visit(page, address);
	const begun = await page.evaluate(() => [...document.querySelectorAll("link[rel=preload][as=fetch]")].map((link) => link.href));
	assert.ok(begun.length > 1, `${address}: the first script asks for the session and for the page: ${begun}`);
	await until(`${address}: the page makes the calls that were begun`, async () => {
		const called = await page.evaluate(() => window.called);
		return begun.every((href) => called.includes(href));
	});
}

const watchCalls = (page) => page.addInitScript(() => {
	const { fetch } = window;
	window.called = [];
	window.fetch = (request, ...more) => {
		window.called.push(request.url ?? String(request));
		return fetch(request, ...more);
	};
});

/** Counts the changes of webhooks that the page has received: it passes each change on to other tabs after its own parts. */
const countChanges = (page) => page.evaluate((name) => {
	window.heard = 0;
	new BroadcastChannel(name).addEventListener("message", ({ data }) => data.changed?.includes("webhooks") && window.heard++);
}, `referd ${context.url}`);

/** Before each response to the list of webhooks, changes the name again, and waits until the page knows of the change. */
async function answersBehindChanges(page, webhook) {
	await visit(page, "webhooks");
	await countChanges(page);
	const heard = () => page.evaluate(() => window.heard);
	let changes = 0, goesOn = true;
	const change = () => api("PUT", `/api/v2/webhooks/${webhook.id}`, { name: `Change ${++changes}` });
	await page.route("**/api/v2/webhooks", async (route) => {
		const answer = await route.fetch(), before = await heard();
		if (goesOn) {
			await change();
			await until("the page learns of the change", async () => (await heard()) > before);
		}
		await route.fulfill({ response: answer });
	});
	await change();
	const shown = page.getByRole("link", { name: /^Change \d+$/ });
	for (let round = 0, last = ""; round < ROUNDS; round++) {
		await until("a newer answer is shown", async () => (await shown.count()) > 0 && (await shown.innerText()) !== last);
		last = await shown.innerText();
	}
	goesOn = false;
	await page.getByRole("link", { name: `Change ${changes}`, exact: true }).waitFor(); // the last change is not missed
	await page.unrouteAll({ behavior: "wait" });
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Loads" });
	const wanted = { name: "Loads", event: "user.join", types: ["person_referring"], url: context.receiver };
	const webhook = await api("POST", "/api/v2/webhooks", wanted);
	const ann = await joinThrough(campaign.code, "Ann", "ann@loads.example");
	const [delivery] = await until("the delivery is there", async () => {
		const all = await api("GET", `/api/v2/deliveries?webhook_id=${webhook.id}`);
		return all.length > 0 && all;
	});
	await formBeforeTheRest();
	for (const width of [1280, 412]) {
		const page = await signedIn("", { width });
		await watchCalls(page);
		const objects = [`campaigns/${campaign.id}`, `users/${ann.code}`, `webhooks/${webhook.id}`, `deliveries/${delivery.id}`];
		for (const address of ["", "users", "webhooks", "deliveries", "rewards/due", "settings", "settings/health", ...objects])
			await callsOfTheFirstScript(page, address);
		assertClean(page);
		await page.context().close();
	}
	const page = await signedIn("");
	await answersBehindChanges(page, webhook);
	assertClean(page);
});
