// Finding anything: the palette with people by the beginning of their address, deliveries by webhook-id and recent pages;
// what it asks of the server; and the searches of the lists of people and deliveries.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, becomes, choose, context, joinThrough, picture, run, signedIn,
	visit,
} from "./browser.mjs";

const field = (page) => page.getByRole("combobox", { name: "Find" });
const group = (page, name) => page.getByRole("group", { name, exact: true });
const line = (page, name, text) => group(page, name).getByRole("option").filter({ hasText: text });

async function open(page) {
	await page.keyboard.press("Control+k");
	await field(page).waitFor();
}

/** Chooses a line with the arrow keys, and opens it. */
async function enter(page, option) {
	await choose(page, option);
	await page.keyboard.press("Enter");
	await field(page).waitFor({ state: "detached" });
}

async function find(page, text, kind, name) {
	await open(page);
	await field(page).fill(text);
	await enter(page, line(page, kind, name));
}

async function things(page, { byron, delivery, webhook }) {
	await find(page, "BYR", "Users", "byron@find.example");
	await page.waitForURL(`${context.url}/#/users/${byron.code}`);
	await page.getByRole("heading", { level: 1, name: "Byron" }).waitFor(); // from now on, the page is a recent one
	await find(page, delivery.message_id, "Deliveries", String(delivery.id));
	await page.waitForURL(`${context.url}/#/deliveries/${delivery.id}`);
	await find(page, "find.example/h", "Webhooks", "Find CRM");
	await page.waitForURL(`${context.url}/#/webhooks/${webhook.id}`);
	await page.getByRole("heading", { level: 1, name: "Find CRM" }).waitFor();
	await find(page, "", "Recent", "Byron");
	await page.waitForURL(`${context.url}/#/users/${byron.code}`);
	await find(page, "ad", "Search", "Search names and addresses");
	await page.waitForURL(`${context.url}/#/users?q=ad`);
}

/** Texts that nobody stopped at are not asked for, and a new text ends the requests of the text before. */
async function requests(page) {
	const asked = [], ended = [];
	const prefix = (request) => new URL(request.url()).searchParams.get("email_prefix");
	page.on("request", (r) => prefix(r) && asked.push(prefix(r)));
	page.on("requestfailed", (r) => prefix(r) && ended.push(prefix(r)));
	await open(page);
	await field(page).evaluate((input) => {
		for (const text of ["j", "je", "jes", "jess"]) {
			input.value = text;
			input.dispatchEvent(new Event("input", { bubbles: true }));
		}
	});
	await line(page, "Users", "jessica@find.example").waitFor();
	assert.deepEqual(asked, ["jess"]);
	const held = (url) => url.searchParams.get("email_prefix") === "held";
	await page.route(held, () => undefined); // never answered
	await field(page).fill("held");
	await page.waitForRequest((r) => prefix(r) === "held");
	const failed = page.waitForEvent("requestfailed", (r) => prefix(r) === "held");
	await field(page).fill("byron");
	await failed;
	await line(page, "Users", "byron@find.example").waitFor();
	assert.deepEqual(ended, ["held"]);
	await page.unroute(held);
}

/** An Enter that comes before its answer opens the first line of the answer, unless the text changes or Escape comes. */
async function enterEarly(page, { byron }) {
	const slow = (url) => url.searchParams.get("email_prefix") !== null;
	let release, released;
	const hold = () => (released = new Promise((done) => (release = done)));
	const waits = (text) => page.waitForRequest((r) => new URL(r.url()).searchParams.get("email_prefix") === text);
	await page.route(slow, async (route) => {
		await released;
		await route.continue().catch(() => undefined); // a request that has ended needs no answer
	});
	await visit(page, "users");
	await open(page);
	hold();
	for (const text of ["byron", "jessi"]) {
		const asked = waits(text);
		await field(page).fill(text);
		await page.keyboard.press("Enter");
		await asked;
	}
	assert.equal(await field(page).inputValue(), "jessi");
	const asked = waits("byron");
	await field(page).fill("byron"); // forgets both presses
	await asked;
	release();
	await line(page, "Users", "byron@find.example").waitFor();
	await page.waitForURL(`${context.url}/#/users`);

	hold();
	const again = waits("byron@");
	await field(page).fill("byron@");
	await page.keyboard.press("Enter");
	await again;
	await page.waitForURL(`${context.url}/#/users`);
	release();
	await page.waitForURL(`${context.url}/#/users/${byron.code}`);
	await field(page).waitFor({ state: "detached" });

	await open(page);
	hold();
	const given = waits("jessica@");
	await field(page).fill("jessica@");
	await page.keyboard.press("Enter");
	await given;
	await page.keyboard.press("Escape");
	await field(page).waitFor({ state: "detached" });
	release();
	await page.unroute(slow);
	await open(page);
	await page.waitForURL(`${context.url}/#/users/${byron.code}`);
	await page.keyboard.press("Escape");
	await field(page).waitFor({ state: "detached" });
}

/** While the index is behind, the palette says that people may be missing, and asks again until it is complete. */
async function indexing(page) {
	const behind = (url) => url.searchParams.get("email_prefix") === "jessica";
	await page.route(behind, async (route) => {
		const answer = await route.fetch();
		const json = await answer.json();
		await route.fulfill({ response: answer, json: { ...json, data: [], meta: { ...json.meta, index: { complete: false, last_user_id: 0 } } } });
	});
	await field(page).fill("jessica");
	const notice = page.getByRole("dialog").getByText("still indexing").first();
	await notice.waitFor();
	assert.equal(await line(page, "Users", "jessica@find.example").count(), 0);
	await page.unroute(behind);
	await line(page, "Users", "jessica@find.example").waitFor();
	await notice.waitFor({ state: "detached" });
	await page.keyboard.press("Escape");
}

async function lists(page, { byron, delivery }) {
	await visit(page, "users");
	await page.getByLabel("Search", { exact: true }).fill("JESS");
	await page.getByRole("link", { name: "Byron" }).waitFor({ state: "detached" });
	await page.getByRole("link", { name: "Jessica" }).waitFor();
	await page.waitForURL(/email_prefix=JESS/);
	await page.getByLabel("Search", { exact: true }).fill(byron.code);
	await page.getByText(`“${byron.code}” is`).waitFor();
	await page.getByRole("link", { name: "Byron" }).waitFor();
	await page.getByLabel("Search", { exact: true }).fill("yro");
	await page.getByText("Nobody matches").waitFor();
	await page.getByLabel("Search in").selectOption("q");
	await page.waitForURL(/\?q=yro/);
	await page.getByRole("link", { name: "Byron" }).waitFor();
	await page.reload();
	await page.getByRole("link", { name: "Byron" }).waitFor();
	await becomes("the kind of search", () => page.getByLabel("Search in").inputValue(), "q");
	await assertAccessible(page);
	await visit(page, "deliveries");
	await page.getByLabel("webhook-id").fill("msg_1");
	await page.getByText("A webhook-id is").waitFor();
	await page.getByLabel("webhook-id").fill(delivery.message_id);
	await page.waitForURL(new RegExp(delivery.message_id));
	await page.getByText("A webhook-id is").waitFor({ state: "detached" });
	await page.getByText(byron.code).first().waitFor();
	await assertAccessible(page);
}

async function looks() {
	for (const [width, scheme, language] of [[360, "light", "en-GB"], [360, "dark", "de-DE"], [1280, "light", "de-DE"], [1280, "dark", "en-GB"]]) {
		const page = await signedIn("users", { width, scheme, language });
		const name = `${width}-${scheme}`;
		await picture(page, `find-users-${name}`);
		await assertFits(page);
		await page.keyboard.press("Control+k");
		const input = page.getByRole("combobox", { name: /Find/ });
		await input.waitFor();
		await picture(page, `find-empty-${name}`);
		await input.fill("e");
		await page.getByRole("option").filter({ hasText: "“e”" }).or(page.getByRole("option").filter({ hasText: "„e“" })).waitFor();
		await picture(page, `find-e-${name}`);
		await assertFits(page);
		await assertAccessible(page);
		assertClean(page);
		await page.context().close();
	}
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Hello Friends" });
	const webhook = await api("POST", "/api/v2/webhooks", { name: "Find CRM", event: "user.join", url: "https://crm.find.example/h" });
	const jessica = await joinThrough(campaign.code, "Jessica", "jessica@find.example");
	const byron = await joinThrough(jessica.code, "Byron", "byron@find.example");
	await joinThrough(campaign.code, "Ella", "ella@find.example");
	const [delivery] = await api("GET", `/api/v2/deliveries?user_id=${byron.id}`);
	const page = await signedIn();
	await things(page, { byron, delivery, webhook });
	await requests(page);
	await indexing(page);
	await lists(page, { byron, delivery });
	assertClean(page);
	await looks();
});
