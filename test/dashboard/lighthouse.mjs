// Lighthouse's scores of each page: the medians of five runs, with the settings for phones that Lighthouse has by default.
// usage: node lighthouse.mjs < context.json. Called by million.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const context = JSON.parse(readFileSync(0, "utf8"));
const { chromium } = createRequire(join(context.modules, "x.js"))("playwright-core");
const { default: lighthouse } = await import(createRequire(join(context.lighthouse, "x.js")).resolve("lighthouse"));
const RUNS = 5, LEAST = 95;
// The stream of live counts keeps the network busy for ever, so Lighthouse would wait for its usual 45 s each time.
const MAX_LOAD_MS = 12000;
const KINDS = ["performance", "accessibility", "best-practices"];

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Lighthouse begins each run without cookies, so it sends this one. */
async function cookieOf() {
	const answer = await fetch(`${context.url}/api/v2/session`, {
		method: "POST",
		headers: { "Content-Type": "application/json", Origin: context.url },
		body: JSON.stringify({ token: context.token }),
	});
	return answer.headers.get("set-cookie").split(";")[0];
}

const browser = await chromium.launch({
	executablePath: context.chromium,
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", `--remote-debugging-port=${context.port}`],
});
const medians = {};
try {
	const Cookie = await cookieOf();
	for (const [name, address] of Object.entries(context.addresses)) {
		const runs = [];
		for (let i = 0; i < RUNS; i++) {
			const options = { port: context.port, logLevel: "silent", onlyCategories: KINDS, maxWaitForLoad: MAX_LOAD_MS };
			const extraHeaders = name === "sign-in" ? {} : { Cookie };
			const { lhr } = await lighthouse(context.url + address, { ...options, extraHeaders });
			runs.push(KINDS.map((kind) => Math.round((lhr.categories[kind].score ?? 0) * 100)));
		}
		medians[name] = KINDS.map((_, i) => median(runs.map((run) => run[i])));
		process.stderr.write(`${name}: ${KINDS.map((kind, i) => `${kind} ${medians[name][i]}`).join(", ")}\n`);
	}
} finally {
	await browser.close();
}
const low = Object.entries(medians).filter(([, scores]) => scores.some((score) => score < LEAST));
assert.deepEqual(low, [], `scores below ${LEAST}`);
console.log(JSON.stringify(medians));
