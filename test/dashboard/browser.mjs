// Owns the browser of the dashboard's tests: a page that is signed in, what went wrong on it, axe, pictures, and the
// API beside it. Never judges a page. Used by the scripts of this directory, which the test_*.py files run:
//   node SCRIPT.mjs < context.json
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const context = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(context.modules, "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(join(context.modules, "axe-core", "axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const browser = await chromium.launch({
	executablePath: context.chromium,
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** Collects complaints of the console and foreign requests in page.wrong. */
function observe(page) {
	page.setDefaultTimeout(15_000);
	page.wrong = [];
	page.on("console", (m) => m.type() === "error" && page.wrong.push(m.text()));
	page.on("pageerror", (e) => page.wrong.push(String(e)));
	page.on("request", (r) => new URL(r.url()).origin === context.url || r.url().startsWith("data:") ||
		page.wrong.push(`foreign request: ${r.url()}`));
	return page;
}

/** A new browser window at the sign-in form. */
export async function open({ width = 1280, height = 800, scheme = "light", language = "en-GB" } = {}) {
	const window = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: language });
	const page = observe(await window.newPage());
	await page.goto(context.url);
	return page;
}

/** A further tab of the same browser. */
export async function tab(page, address) {
	const other = observe(await page.context().newPage());
	await visit(other, address);
	return other;
}

export async function signIn(page, token = context.token) {
	await page.getByLabel(/API.token/i).fill(token);
	await page.keyboard.press("Enter");
	await page.getByRole("navigation").waitFor();
}

/** A window that is signed in, at an address behind #/. */
export async function signedIn(address = "", options = {}) {
	const page = await open(options);
	await signIn(page, options.token);
	await visit(page, address);
	return page;
}

/** Goes to an address of the dashboard, and waits until its first content is there. */
export async function visit(page, address) {
	await page.goto(`${context.url}/#/${address}`);
	await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
	await page.getByRole("heading", { level: 1 }).waitFor();
	await page.waitForFunction(() => document.querySelector(".skeleton") === null);
}

/** Opens the form for a new campaign, which an empty server shows at once. */
export async function nameOfNewCampaign(page) {
	const name = page.getByLabel("Name of the campaign");
	const button = page.getByRole("button", { name: "New campaign" });
	await name.or(button).first().waitFor();
	if (!(await name.isVisible())) await button.click();
	return name;
}

/** Drags with the real mouse until `there` is true: the page may scroll, and rows move, while the button is down. */
export async function drag(page, grip, target, there) {
	await grip.hover();
	await page.mouse.down();
	for (let i = 0; i < 40 && !(await there()); i++) {
		const box = await target.boundingBox();
		await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 + (i % 2), { steps: 4 });
	}
	await page.mouse.up();
	assert.ok(await there(), "the dragged row is not where it was dropped");
}

/** Nothing was written to the console, and nothing was asked of another server. */
export function assertClean(page) {
	assert.deepEqual(page.wrong, []);
}

export async function assertAccessible(page) {
	await page.evaluate(axe);
	const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
	assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`), []);
}

export async function assertFits(page) {
	const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
	assert.ok(over <= 0, `${page.url()} is ${over} px too wide`);
}

export async function picture(page, name) {
	mkdirSync(context.pictures, { recursive: true });
	await page.screenshot({ path: join(context.pictures, `${name}.png`), fullPage: true });
}

/** A call of the API with the operator's token; fails for a status of 400 and above. */
export async function api(method, path, body) {
	const answer = await fetch(context.url + path, {
		method,
		headers: { Authorization: `Bearer ${context.token}`, ...(body && { "Content-Type": "application/json" }) },
		...(body && { body: JSON.stringify(body) }),
	});
	const text = await answer.text();
	assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
	return text ? JSON.parse(text).data : undefined;
}

/** Somebody joins through a code, without the browser. */
export async function joinThrough(code, firstName, email) {
	const body = new URLSearchParams({ first_name: firstName, email });
	const answer = await fetch(`${context.url}/${code}/join`, { method: "POST", body });
	assert.ok(answer.ok, await answer.clone().text());
	return (await answer.json()).data;
}

/** Runs the steps of a script; their result goes to the Python test. Of a failure, the open pages are left as pictures,
 * and their text is shown. */
export async function run(steps) {
	try {
		console.log(JSON.stringify((await steps()) ?? {}));
	} catch (error) {
		for (const [i, page] of browser.contexts().flatMap((c) => c.pages()).entries()) {
			await picture(page, `failed-${i}`).catch(() => undefined);
			console.error(`page ${i}: ${page.url()}\n${await page.locator("body").innerText().catch(String)}`);
		}
		console.error(error);
		process.exitCode = 1;
	} finally {
		await browser.close();
	}
}
