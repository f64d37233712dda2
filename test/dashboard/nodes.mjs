// The servers that share a database: nothing for a single server, then two that run, then a server that does not answer.
import assert from "node:assert/strict";
import { api, assertAccessible, assertClean, assertFits, context, picture, run, signedIn, until } from "./browser.mjs";

const WEBHOOKS = 4;

const heading = (page) => page.getByRole("heading", { name: "Servers of this database" });
const row = (page, name) => page.locator("table.nodes tbody tr").filter({ has: page.getByText(name, { exact: true }) });

async function nothing() {
	const page = await signedIn();
	const listed = page.waitForResponse((answer) => answer.url().endsWith("/api/v2/nodes"));
	await page.goto(`${context.url}/#/settings/health`);
	assert.deepEqual((await (await listed).json()).data.nodes, []);
	await page.getByRole("rowheader", { name: "Running for" }).waitFor();
	assert.equal(await heading(page).count(), 0);
	assertClean(page);
}

/** Each server sends the deliveries of at least one webhook, and every webhook has a server. */
async function shareTheWebhooks(page) {
	for (let i = 0; i < WEBHOOKS; i++)
		await api("POST", "/api/v2/webhooks", { name: `W${i}`, event: "user.join", url: `https://crm${i}.example/h` });
	await until("both servers send", async () => {
		const texts = await page.locator("table.nodes tbody tr").allInnerTexts();
		const counts = texts.map((text) => Number(/(\d+) webhooks?/.exec(text)?.[1]));
		return counts.every((n) => n > 0) && counts.reduce((sum, n) => sum + n) === WEBHOOKS;
	});
}

async function looks() {
	for (const [width, scheme, language] of [[1280, "light", "en-GB"], [1280, "dark", "de-DE"], [360, "light", "en-GB"], [360, "dark", "de-DE"]]) {
		const page = await signedIn("settings/health", { width, scheme, language });
		await page.locator("table.nodes").waitFor();
		await assertFits(page);
		await assertAccessible(page);
		await picture(page, `nodes-${width}-${scheme}`);
		assertClean(page);
		await page.context().close();
	}
}

async function both() {
	const page = await signedIn("settings/health");
	await heading(page).waitFor();
	for (const [i, name] of ["a", "b"].entries()) {
		await row(page, name).getByText("Running", { exact: true }).waitFor();
		await row(page, name).getByText(context.addresses[i]).waitFor();
	}
	await row(page, "a").getByText("This page comes from this server.").waitFor();
	await row(page, "a").locator("td").last().getByText(/\d m?s/).waitFor(); // its clock
	await page.getByText("and the background jobs").waitFor();
	await shareTheWebhooks(page);
	assertClean(page);
}

/** The lease of a killed server expires, and the open page shows it. */
async function silence() {
	const page = await signedIn("settings/health");
	await row(page, "b").getByText("No answer").waitFor();
	await page.getByText("1 server does not answer.").waitFor();
	await row(page, "a").getByText(`${WEBHOOKS} webhooks`).waitFor();
	await looks();
	assertClean(page);
}

await run({ nothing, both, silence }[context.show]);
