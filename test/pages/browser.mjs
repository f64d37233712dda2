// Owns the browser: opens pages at two widths, presses keys, runs axe in the light and the dark scheme, takes pictures. Never judges: it prints its
// findings as JSON. Called by test_pages_browser.py:
//   node browser.mjs MODULES PICTURES < plan.json
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [modules, pictures] = process.argv.slice(2);
const require = createRequire(join(modules, "x.js"));
const { chromium } = require("playwright-core");
const jsQR = require("jsqr");
const axe = readFileSync(join(modules, "axe-core", "axe.min.js"), "utf8");
const plan = JSON.parse(readFileSync(0, "utf8"));

const WIDTHS = [360, 1280];
const DEADLINE_MS = 90_000; // for each wait: a busy machine may need most of it
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const browser = await chromium.launch({
	executablePath: plan.chromium,
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// Every image of the brand. No other address outside the server may be loaded.
const BRAND = "https://images.example";
const IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="600" fill="#b5622f"/></svg>';

// A page that records errors: refused resources and the browser's own messages, including violations of its policy.
async function open(context) {
	context.setDefaultTimeout(DEADLINE_MS);
	const page = await context.newPage();
	page.wrong = [];
	page.on("console", (m) => m.type() === "error" && page.wrong.push(m.text()));
	page.on("pageerror", (e) => page.wrong.push(String(e)));
	page.on("requestfailed", (r) => page.wrong.push(`${r.url()}: ${r.failure()?.errorText}`));
	page.on("request", (r) => ![new URL(plan.origin).origin, BRAND].includes(new URL(r.url()).origin) &&
		r.resourceType() !== "document" && page.wrong.push(`foreign request: ${r.url()}`));
	await page.route(`${BRAND}/**`, (route) => route.fulfill({ body: IMAGE, contentType: "image/svg+xml" }));
	return page;
}

/** The browser follows `autofocus` when it draws the page for the first time, which may be after its last byte. */
async function focusArrives(page) {
	const missing = () => page.evaluate(() => {
		const wanted = document.querySelector("[autofocus]");
		return wanted !== null && wanted !== document.activeElement && wanted.outerHTML.slice(0, 100);
	});
	const end = Date.now() + DEADLINE_MS;
	for (let element = await missing(); element; element = await missing()) {
		if (Date.now() > end) throw new Error(`${page.url()}: no focus on ${element}`);
		await sleep(20);
	}
}

async function press(page, keys) {
	for (const key of keys) {
		if (key.text !== undefined) {
			await page.keyboard.type(key.text);
		} else if (key.leads) {
			await Promise.all([page.waitForNavigation(), page.keyboard.press(key.key)]);
			await focusArrives(page);
		} else {
			await page.keyboard.press(key.key);
		}
	}
}

async function look(page, name, width) {
	const seen = await page.evaluate(() => ({
		title: document.title,
		lang: document.documentElement.lang,
		headline: document.querySelector("h1")?.textContent,
		text: document.body.innerText,
		focused: document.activeElement?.id || document.activeElement?.className || "",
		overflow: document.documentElement.scrollWidth - window.innerWidth,
		styled: getComputedStyle(document.querySelector("button") ?? document.body).backgroundColor,
		ground: getComputedStyle(document.body).backgroundColor,
		details: document.querySelector(".more")?.getBoundingClientRect().toJSON(),
		picture: document.querySelector(".picture")?.getBoundingClientRect().toJSON(),
		form: document.querySelector("form")?.getBoundingClientRect().toJSON(),
		button: document.querySelector("button")?.getBoundingClientRect().toJSON(),
	}));
	await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
	return { name, width, url: page.url(), wrong: page.wrong, ...seen };
}

async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
	return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`);
}

// One page for each width, with and without script: a new page for each visit would take most of the time.
const opened = new Map();

async function pageOf(width, javaScriptEnabled) {
	const key = `${width} ${javaScriptEnabled}`;
	if (!opened.has(key)) {
		const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled });
		opened.set(key, await open(context));
	}
	const page = opened.get(key);
	page.wrong = [];
	return page;
}

async function visit(step, width, javaScriptEnabled) {
	const page = await pageOf(width, javaScriptEnabled);
	const answer = await page.goto(step.url);
	await focusArrives(page);
	await press(page, step.once && width !== WIDTHS[0] ? [] : step.keys);
	const seen = await look(page, step.name + (javaScriptEnabled ? "" : "-no-script"), width);
	seen.status = answer.status();
	seen.violations = seen.darkViolations = [];
	if (!javaScriptEnabled) return seen;
	seen.violations = await violations(page);
	await page.emulateMedia({ colorScheme: "dark" });
	seen.darkViolations = await violations(page);
	seen.darkGround = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	await page.screenshot({ path: join(pictures, `${seen.name}-${width}-dark.png`), fullPage: true });
	await page.emulateMedia({ colorScheme: "light" });
	return seen;
}

// Reads the code as a camera would, from the pixels of the page.
async function readQr(url) {
	const page = await (await browser.newContext({ viewport: { width: 800, height: 800 } })).newPage();
	await page.goto(url);
	const shot = (await page.screenshot()).toString("base64");
	await page.goto("about:blank");
	const [width, height, data] = await page.evaluate(async (png) => {
		const image = new Image();
		image.src = `data:image/png;base64,${png}`;
		await image.decode();
		const canvas = new OffscreenCanvas(image.width, image.height);
		const drawn = canvas.getContext("2d");
		drawn.drawImage(image, 0, 0);
		const pixels = drawn.getImageData(0, 0, image.width, image.height);
		return [pixels.width, pixels.height, Array.from(pixels.data)];
	}, shot);
	return jsQR(Uint8ClampedArray.from(data), width, height)?.data ?? null;
}

const result = { seen: [], qr: [] };
for (const step of plan.steps) {
	for (const width of WIDTHS) {
		try {
			result.seen.push(await visit(step, width, !step.noScript));
		} catch (error) {
			console.error(`the step ${step.name} at ${width} pixels failed: ${String(error.message).slice(0, 1500)}`);
			process.exit(1); // the browser ends with its pipe
		}
	}
}
for (const url of plan.qr) {
	result.qr.push(await readQr(url));
}
await browser.close();
process.stdout.write(JSON.stringify(result));
