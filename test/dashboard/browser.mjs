// Owns the browser of the dashboard's tests: a page that is signed in, what went wrong on it, axe, pictures, and the
// API beside it. Never judges a page. Used by the scripts of this directory, which the test_*.py files run:
//   node SCRIPT.mjs < context.json
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const context = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(context.modules, "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(join(context.modules, "axe-core", "axe.min.js"), "utf8");
const DEADLINE_MS = 90_000; // for each wait: a busy machine may need most of it
const TOAST_MS = 8000, LONGER_MS = 40_000; // a toast of the dashboard, and of these tests
Error.stackTraceLimit = 30;
const SLOWDOWN = Number(process.env.REFERD_SLOWDOWN ?? 1); // the browser's processor is so many times slower
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const browser = await chromium.launch({
	executablePath: context.chromium,
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A toast vanishes after a time that a busy machine may need for one step. */
function keepToasts([usual, longer]) {
	const { setTimeout } = window;
	window.setTimeout = (run, ms, ...more) => setTimeout(run, ms === usual ? longer : ms, ...more);
}

/** Collects complaints of the console and foreign requests in page.wrong. */
async function observe(page) {
	page.wrong = [];
	page.ignored = [];
	await page.addInitScript(keepToasts, [TOAST_MS, LONGER_MS]);
	if (SLOWDOWN > 1) {
		const line = await page.context().newCDPSession(page);
		await line.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
	}
	page.on("console", (m) => m.type() === "error" && page.wrong.push(m.text()));
	page.on("pageerror", (e) => page.wrong.push(String(e)));
	page.on("request", (r) => new URL(r.url()).origin === context.url || r.url().startsWith("data:") ||
		page.wrong.push(`foreign request: ${r.url()}`));
	return page;
}

/** A new browser window at the sign-in form. */
export async function open({ width = 1280, height = 800, scheme = "light", language = "en-GB", waitUntil = "load" } = {}) {
	const window = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: language });
	window.setDefaultTimeout(DEADLINE_MS);
	const page = await observe(await window.newPage());
	await page.goto(context.url, { waitUntil });
	return page;
}

/** A further tab of the same browser. */
export async function tab(page, address) {
	const other = await observe(await page.context().newPage());
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

/** Waits until `condition` answers something true, and answers it. */
export async function until(what, condition) {
	const end = Date.now() + DEADLINE_MS;
	for (;;) {
		const found = await condition();
		if (found) return found;
		assert.ok(Date.now() < end, `not within ${DEADLINE_MS / 1000} s: ${what}`);
		await sleep(50);
	}
}

/** Waits until `read` answers `wanted`. */
export async function becomes(what, read, wanted) {
	let last;
	await until(what, async () => (last = await read()) === wanted).catch((error) => {
		error.message += `: ${JSON.stringify(last)} is not ${JSON.stringify(wanted)}`;
		throw error;
	});
}

/** Waits until an element has the focus. Keys that are pressed before would go elsewhere. */
export async function focused(page, element) {
	await page.locator(":focus").and(element).waitFor();
}

/** Chooses a line of the palette with the arrow keys. */
export async function choose(page, option) {
	await option.waitFor();
	await until("the arrow keys choose the line", async () => {
		if ((await option.getAttribute("aria-selected")) === "true") return true;
		await page.keyboard.press("ArrowDown");
		return false;
	});
}

/** Goes to an address of the dashboard, and waits until its first content is there. */
export async function visit(page, address) {
	const target = `${context.url}/#/${address}`;
	const moves = page.url() !== target;
	await page.goto(target);
	// The dashboard marks each new entry of the history when it turns to the address.
	if (moves) await page.waitForFunction(() => history.state?.depth !== undefined);
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
	for (let i = 0; i < 1000 && !(await there()); i++) {
		const box = await target.boundingBox();
		await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 + (i % 2), { steps: 4 });
	}
	await page.mouse.up();
	assert.ok(await there(), "the dragged row is not where it was dropped");
}

/** Nothing was written to the console, and nothing was asked of another server. */
export function assertClean(page) {
	assert.deepEqual(page.wrong.filter((text) => !page.ignored.some((pattern) => pattern.test(text))), []);
}

/** The browser itself reports an answer or a failure that belongs to the story. Its report may come late. */
export function ignore(page, pattern) {
	page.ignored.push(pattern);
}

/** Parts that are fading, or arriving, have other colours and places for a moment. */
async function settled(page) {
	await page.waitForFunction(() => document.getAnimations().every((a) => a.effect.getTiming().iterations === Infinity || a.playState === "finished"));
}

export async function assertAccessible(page) {
	await settled(page);
	await page.evaluate(axe);
	const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
	assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`), []);
}

export async function assertFits(page) {
	await settled(page);
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

/** What an open page shows: its picture and its whole text are left as files, and the beginning of the text is printed. */
async function leave(page, name) {
	await picture(page, name).catch(() => undefined);
	const text = await page.locator("body").innerText({ timeout: 5000 }).catch(String);
	writeFileSync(join(context.pictures, `${name}.txt`), text);
	const lines = text.split("\n").filter((line) => line.trim()).map((line) => `  | ${line.slice(0, 100)}`);
	const focus = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 100)).catch(String);
	console.error(`${name}: ${page.url()}, focus: ${focus}`);
	console.error([...lines.slice(0, 12), lines.length > 12 ? `  (${lines.length - 12} more lines)` : ""].join("\n"));
}

/** The steps of the script that led to the error, as "searchRests (long.mjs:46)". */
function stepsTo(error) {
	const frames = [...(error.stack ?? "").matchAll(/at (?:async )?(?:(\S+) \()?(?:file:\/\/)?\/\S*?([\w-]+\.mjs:\d+)/g)];
	return frames.map(([, name, place]) => `${name ?? "the script"} (${place})`);
}

/** Runs the steps of a script; their result goes to the Python test. Of a failure, the last lines name the wait or the
 * assertion and the step. */
export async function run(steps) {
	try {
		console.log(JSON.stringify((await steps()) ?? {}));
	} catch (error) {
		const script = basename(process.argv[1], ".mjs");
		mkdirSync(context.pictures, { recursive: true });
		for (const [i, page] of browser.contexts().flatMap((c) => c.pages()).entries()) {
			await leave(page, `failed-${script}-${i}`);
			if (page.wrong?.length > 0) console.error(`  the console: ${page.wrong.join(" | ").slice(0, 600)}`);
		}
		const message = String(error.message ?? error).replace(/\u001b\[\d+m/g, "").replace(/\s*\n\s*/g, " / ");
		console.error(`${script}.mjs failed: ${message.slice(0, 500)}`);
		console.error(`${script}.mjs failed in: ${stepsTo(error).slice(0, 6).join(" < ")}`);
		process.exitCode = 1;
	} finally {
		await browser.close();
	}
}
