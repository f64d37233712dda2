// Hostile strings as every name: each page shows them as text, runs nothing, asks no other host, and fits a phone.
import assert from "node:assert/strict";
import { api, assertClean, assertFits, context, ignore, joinThrough, run, signedIn, visit } from "./browser.mjs";

const STRINGS = [
	"\"'><img src=x onerror=\"window.ran=1\"><script src=https://evil.example/x.js></script></textarea></style>" +
		"<svg/onload=window.ran=1>${window.ran=1}{{constructor.constructor('window.ran=1')()}}",
	"W".repeat(190),
	"👩‍👩‍👧‍👦 e\u0301\u0302\u0303\u0304\u0305 ١٢٣ =cmd|'/c calc'!A1 &lt;b&gt; ﷽ javascript:window.ran=1//%0A%3Cb \\\"; DROP TABLE users;--",
];
// What an address may hold before its @.
const LOCALS = ["o'hara+${window.ran=1}{{7*7}}", "x".repeat(64), "`~!#$%^&*_-=|/?\u0561\u0562"];

/** As much of the text as fits into so many bytes. */
const fit = (text, bytes) => Buffer.from(text).subarray(0, bytes).toString().replace(/\ufffd+$/, "");

const inUrl = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

async function makeCampaign(text) {
	const label = fit(text, 100);
	const select = { id: "size", label, type: "select", options: [label, "b"], required: false };
	return api("POST", "/api/v2/campaigns", {
		name: text, pass_params: ["utm_source", "utm_campaign"], fields: { person_referring: [select], person_invited: [select] },
		pages: { headline: text, body: text, button: fit(text, 60), thanks_headline: text, share_text: text },
		redirect: { url: `https://shop.example/?q=${inUrl(text)}`, code_param: "code" },
	});
}

function makeWebhook(text, i, campaign) {
	return api("POST", "/api/v2/webhooks", {
		name: text, event: "user.join", url: `${context.receiver}?q=${inUrl(text)}`, campaign_id: campaign.id,
		types: ["person_referring", "person_invited"], fields: [{ field: "code", as: fit(text, 64) }, { field: "first_name", as: "n" }],
		hidden_fields: [{ name: `hidden ${fit(text, 57)}`, value: text }], headers: [{ name: `X-${"w".repeat(60)}${i}`, value: text.replace(/[^ -~]/g, "?") }],
	});
}

async function makeReward(text, campaign) {
	const rule = await api("POST", "/api/v2/reward-rules", { campaign_id: campaign.id, name: text, metric: "coupon", trigger: "join" });
	const codes = [text.replace(/\s/g, "").slice(0, 50)];
	await api("POST", `/api/v2/reward-rules/${rule.id}/coupons`, { codes });
	return rule;
}

/** Makes one of everything with this name, and answers the addresses of the pages that show it. */
async function world(text, i) {
	const campaign = await makeCampaign(text);
	const webhook = await makeWebhook(text, i, campaign);
	await makeReward(text, campaign);
	await api("POST", "/api/v2/tokens", { name: fit(text, 100), scopes: ["read"] });
	const user = await api("POST", "/api/v2/users", {
		campaign_id: campaign.id, first_name: text, email: `${LOCALS[i]}@hostile.example`, source: "Added",
		meta: [{ field: "size", value: fit(text, 100) }, { field: "utm_source", value: text }, { field: "utm_campaign", value: text }],
	});
	await joinThrough(user.code, text, `friend${i}@hostile.example`);
	const [delivery] = await api("GET", `/api/v2/deliveries?webhook_id=${webhook.id}`);
	return [
		`campaigns/${campaign.id}`, `campaigns/${campaign.id}/edit/settings`, `campaigns/${campaign.id}/edit/form`,
		`campaigns/${campaign.id}/edit/after`, `campaigns/${campaign.id}/edit/pages`, `webhooks/${webhook.id}`,
		`webhooks/${webhook.id}/request`, `webhooks/${webhook.id}/settings`, `webhooks/${webhook.id}/replay`,
		`deliveries/${delivery.id}?tab=request`, `users/${user.code}`, `users/${user.code}?panel=edit`, `users/${user.code}?panel=qualify`,
		...(i === 0 ? [`users?q=${encodeURIComponent(text)}`, encodeURIComponent(text)] : []),
	];
}

const LISTS = ["campaigns", "users", "webhooks", "deliveries", "users/review", "users/new", "users/import", "rewards/due",
	"rewards/issued", "rewards/rules", "settings/tokens", "settings/inbound", "start", "webhooks/new"];

await run(async () => {
	const details = (await Promise.all(STRINGS.map(world))).flat();
	const page = await signedIn("", { width: 360 });
	page.on("dialog", (dialog) => page.wrong.push(`dialog: ${dialog.message()}`));
	const failed = [];
	for (const address of [...LISTS, ...details]) {
		await visit(page, address);
		await assertFits(page).catch((error) => failed.push(String(error)));
		if (await page.evaluate(() => "ran" in window)) failed.push(`${address}: ran`);
		if (await page.locator("main :is(script, img[src=x], svg[onload])").count()) failed.push(`${address}: markup`);
	}
	assert.deepEqual(failed, []);

	await visit(page, "campaigns");
	for (const text of STRINGS) await page.getByText(text, { exact: true }).first().waitFor();
	await visit(page, "users");
	for (const text of STRINGS) await page.getByRole("link", { name: text, exact: true }).first().waitFor();
	await page.keyboard.press("Control+k");
	await page.getByRole("dialog").getByRole("combobox").fill(STRINGS[0]);
	await page.getByRole("dialog").getByRole("option").first().waitFor();
	ignore(page, /422|404/); // refused filters
	assertClean(page);
});
