// A webhook from the form to the receiver: what the preview shows is what arrives. Then its secret is rotated, it is
// disabled and enabled again, its page says why nothing is sent, and it is deleted.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, context, drag, focused, ignore, joinThrough, run, signedIn,
	visit,
} from "./browser.mjs";

const url = `${context.receiver}?from=referd`;

async function fillUrl(page, text) {
	await page.getByRole("textbox", { name: "URL" }).fill(text);
}

const shown = (page) => page.locator("pre.bytes").innerText();

/** Waits until the preview is of the settings on the screen, and holds this text. */
async function previewHas(page, text) {
	await page.locator("pre.bytes").filter({ hasText: text }).waitFor();
	await page.getByText("This is the request of the last valid settings.").waitFor({ state: "detached" });
}

async function wrongAddresses(page) {
	await fillUrl(page, "http://10.0.0.5/x");
	await page.getByRole("alert").getByText("--allow-targets 10.0.0.5").waitFor();
	await page.getByRole("button", { name: "Use https://10.0.0.5/x" }).click();
	await page.getByRole("alert").getByText("10.0.0.5 is not a public address").waitFor();
	await fillUrl(page, "crm.example/h");
	await page.getByRole("button", { name: "Use https://crm.example/h" }).waitFor();
	await page.getByText("More fields").waitFor({ state: "detached" }); // a wrong address keeps the next section closed
}

/** Renames email, turns referrer_email off, moves code up by keyboard and campaign_id to the top by dragging. */
async function chooseFields(page) {
	const email = page.getByLabel("Name for email", { exact: true });
	await email.fill("code");
	await page.getByText("Two fields are called “code”. Rename one.").waitFor();
	await email.fill("email_address");
	await page.getByLabel("referrer_email", { exact: true }).uncheck();
	const code = page.getByLabel("Name for code", { exact: true });
	await code.press("Alt+ArrowUp");
	await page.getByText("code is now 4 of 12.").waitFor();
	await focused(page, code); // the moved field keeps it
	const rows = page.locator(".field-row");
	const first = async () => (await rows.first().getAttribute("data-field")) === "campaign_id";
	await drag(page, page.locator("[data-field=campaign_id] .grip"), rows.first(), first);
}

/** Advanced settings: a text that cannot be read is refused in place, and the good ones are stored. */
async function setAdvanced(page) {
	await page.getByText("10 attempts within 3 days").first().click(); // the summary, with the defaults
	await page.getByLabel("Order of events").selectOption("none");
	await page.getByLabel("Time to answer").fill("soon");
	await page.getByText("Write a length of time up to 60 s").waitFor();
	await page.getByText("Still open: Advanced").waitFor();
	await page.getByLabel("Time to answer").fill("0,5 min");
	await page.getByLabel("Attempts a second").fill("0");
	await page.getByText("Attempts a second must be a number of attempts").waitFor();
	await page.getByLabel("Attempts a second").fill("");
	await page.getByLabel("Try again after").fill("10 s, 1 min");
	await page.getByLabel("Statuses that also count").fill("302, 409");
	await page.getByText("3 attempts within 1 minute.").first().waitFor();
}

async function namePair(page, button, name, value) {
	await page.getByRole("button", { name: button }).click();
	await page.getByLabel("Name", { exact: true }).last().fill(name);
	await page.getByLabel("Value", { exact: true }).last().fill(value);
}

/** Answers the curl line of the unsaved webhook. */
async function makeWebhook(page, campaign) {
	await visit(page, "webhooks");
	await page.getByRole("link", { name: "New webhook" }).click();
	await page.getByRole("combobox", { name: "Campaign" }).selectOption({ label: campaign.name });
	await page.getByText("1 of 2 events of the last 7 days matches.").waitFor();
	await wrongAddresses(page);
	await fillUrl(page, url);
	await chooseFields(page);
	await namePair(page, "Add a hidden field", "list", "friends & family");
	await namePair(page, "Add a header", "X-Access-Key", "it's s3cret");
	await page.getByLabel("Name of the webhook").fill("CRM");
	await setAdvanced(page);
	await previewHas(page, "email_address");
	await page.getByRole("button", { name: "curl" }).click();
	await previewHas(page, "it'\\''s s3cret");
	const curl = await shown(page);
	assert.ok(curl.includes("webhook-signature: v1,"));
	await assertAccessible(page);
	await page.getByRole("button", { name: "Save and send a test" }).click();
	await page.locator("[data-test=delivered]").getByText("The receiver answered 200").waitFor();
	ignore(page, /422/); // the refused settings
	await page.getByText("The signing secret of the new webhook").waitFor();
	return curl;
}

/** Answers what the editor shows for this user. */
async function previewFor(page, webhook, user) {
	await visit(page, `webhooks/${webhook}/settings`);
	await page.getByRole("combobox", { name: "Shown for" }).selectOption(user.code);
	await previewHas(page, user.code);
	return shown(page);
}

async function rotate(page) {
	await page.getByRole("button", { name: "Rotate the secret" }).click();
	await page.getByText("New secret active. The old one works until").waitFor();
	await page.getByRole("timer").getByText(/^23:5\d:|^24:00:/).waitFor();
	const secret = await page.locator("[data-secret=true]").innerText();
	await page.getByRole("button", { name: "Save and send a test" }).click();
	await page.locator("[data-test=delivered]").waitFor();
	return secret;
}

async function disableAndUndo(page, webhook, jessica) {
	await visit(page, `webhooks/${webhook}`);
	await page.getByRole("button", { name: "Disable" }).click();
	await page.locator("[data-answer=disabled_by_operator]").waitFor();
	await joinThrough(jessica.code, "Mary", "mary@example.com");
	await page.getByRole("button", { name: "Enable and send 1" }).click();
	await page.locator("[data-answer=nothing_missing]").waitFor();
	await page.getByText("Webhook enabled.").waitFor(); // Undo is no longer about the disabling
	await page.getByRole("button", { name: "Undo" }).click();
	await page.locator("[data-answer=disabled_by_operator]").waitFor();
	await page.getByRole("button", { name: "Undo" }).click();
	await page.locator("[data-answer=nothing_missing]").waitFor();
}

async function whyNothing(page, campaign) {
	const wanted = { name: "Zapier", event: "user.join", url, campaign_id: campaign.id, sources: ["Zapier"] };
	const { id } = await api("POST", "/api/v2/webhooks", wanted);
	await visit(page, `webhooks/${id}`);
	await page.locator("[data-answer=no_match]").getByText("the webhook wants the source Zapier").waitFor();
	await page.getByRole("link", { name: "Change who" }).click();
	await page.getByText("None of the 4 events of the last 7 days matches.").waitFor();
	await focused(page, page.getByRole("combobox", { name: "Campaign" }));
	await page.getByRole("button", { name: "Delete this webhook" }).click();
	await focused(page, page.getByRole("button", { name: "Cancel" })); // so the question is in view
	await page.getByRole("button", { name: "Delete Zapier" }).click();
	await page.getByRole("heading", { name: "Webhooks" }).waitFor();
	await page.getByRole("link", { name: "CRM" }).waitFor();
	assert.equal(await page.getByRole("link", { name: "Zapier" }).count(), 0);
}

/** A receiver that keeps failing shows up on the open list, and its test says what to do. */
async function failing(page, campaign) {
	await visit(page, "webhooks");
	const { id } = await api("POST", "/api/v2/webhooks", {
		name: "Down", event: "user.join", url: "https://127.0.0.1:1/hook", campaign_id: campaign.id, types: ["person_referring"],
	});
	const row = page.getByRole("row").filter({ hasText: "Down" });
	await row.getByText("Active").waitFor();
	await row.getByRole("link").click();
	await page.getByRole("button", { name: "Send a test" }).first().click();
	await page.locator("[data-test=failed]").getByText("Check that the receiver runs").waitFor();
	await page.locator("[data-test=failed]").getByRole("link", { name: "Change the URL" }).click();
	await page.waitForFunction(() => document.activeElement?.closest("[aria-labelledby=step-endpoint]"));
	await visit(page, "webhooks");
	for (let i = 0; i < 8; i++) await joinThrough(campaign.code, `Down${i}`, `down${i}@example.com`);
	await row.getByText("Failing").waitFor();
	await row.getByText(/^No connection \(connect\) since \d/).waitFor();
	const late = await joinThrough(campaign.code, "Late", "late@example.com");
	await visit(page, `users/${late.code}`);
	const line = page.getByRole("listitem").filter({ hasText: "Down" });
	await line.getByText("No attempt yet. The receiver keeps failing: No connection (connect).").first().waitFor();
	await line.getByRole("link", { name: "Open: Down" }).first().click();
	await page.locator("main .notice").getByText("No connection to 127.0.0.1 could be made.").waitFor();
	await visit(page, "webhooks");
	await row.getByRole("link").click();
	await page.locator("[data-answer=failing]").getByText("No connection to 127.0.0.1 could be made.").waitFor();
	await page.locator("[data-answer=failing]").getByText("connect · Connection refused").waitFor();
	await api("DELETE", `/api/v2/webhooks/${id}`);
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Webhooks" });
	const jessica = await joinThrough(campaign.code, "Jessica", "jessica@example.com");
	const byron = await joinThrough(jessica.code, "Byron", "byron@example.com");
	const page = await signedIn("webhooks");
	const curl = await makeWebhook(page, campaign);
	await page.getByText("The signing secret of the new webhook").waitFor();
	const webhook = Number(/webhooks\/(\d+)\/settings/.exec(page.url())[1]);
	const { ordered, timeout_ms, rate_limit, retry_schedule, success_statuses } = await api("GET", `/api/v2/webhooks/${webhook}`);
	assert.deepEqual([ordered, timeout_ms, rate_limit, retry_schedule, success_statuses], ["none", 30000, null, [10, 60], [302, 409]]);
	const ada = await joinThrough(jessica.code, "Ada", "ada@example.com");
	const body = await previewFor(page, webhook, ada);
	const { secret: old } = await api("GET", `/api/v2/webhooks/${webhook}`);
	const secret = await rotate(page);
	await assertAccessible(page);
	await page.setViewportSize({ width: 360, height: 740 });
	await assertFits(page);
	await page.setViewportSize({ width: 1280, height: 800 });
	await disableAndUndo(page, webhook, jessica);
	await whyNothing(page, campaign);
	await failing(page, campaign);
	assertClean(page);
	return { webhook, curl, body, old, secret, ada: ada.code, byron: byron.code };
});
