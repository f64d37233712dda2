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
const MAX_LOAD_MS = 8000;
const KINDS = ["performance", "accessibility", "best-practices"];
const TIMES = { FCP: "first-contentful-paint", LCP: "largest-contentful-paint", TBT: "total-blocking-time" }; // in ms

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
			const scores = KINDS.map((kind) => [kind, Math.round((lhr.categories[kind].score ?? 0) * 100)]);
			const times = Object.entries(TIMES).map(([time, id]) => [time, Math.round(lhr.audits[id].numericValue ?? 0)]);
			runs.push(Object.fromEntries([...scores, ...times]));
		}
		medians[name] = Object.fromEntries(Object.keys(runs[0]).map((of) => [of, median(runs.map((run) => run[of]))]));
		process.stderr.write(`${name}: ${JSON.stringify(medians[name])}\n`);
	}
} finally {
	await browser.close();
}
const low = Object.entries(medians).filter(([, scores]) => KINDS.some((kind) => scores[kind] < LEAST));
assert.deepEqual(low, [], `scores below ${LEAST}`);
console.log(JSON.stringify(medians));
