// Receivers that accept no message: one receiver refuses each message, and the other fails until its delivery is given up.
// The open list, the first page and the webhook's page give the reason.
import { api, assertAccessible, assertClean, context, joinThrough, run, signedIn, visit } from "./browser.mjs";

const row = (page, name) => page.getByRole("row").filter({ hasText: name });

/** Both webhooks are active until somebody joins. */
async function list(page, campaign) {
	await visit(page, "webhooks");
	for (const name of ["Strict", "Broken"]) await row(page, name).getByText("Active").waitFor();
	await joinThrough(campaign.code, "Byron", "byron@refusals.example");
	await row(page, "Strict").getByText("Failing").waitFor();
	await row(page, "Strict").getByText("the receiver refuses the message: 422", { exact: true }).waitFor();
	await row(page, "Broken").getByText("Failing").waitFor();
	await row(page, "Broken").getByText("The last delivery was given up: 500.", { exact: true }).waitFor();
	await assertAccessible(page);
}

async function firstPage(page) {
	await visit(page, "");
	await page.getByText(/^Strict refuses the message: 422, last at .*\. 1 (delivery waits|was given up)\.$/).waitFor();
	await page.getByText(/^The last delivery to Broken was given up .*: 500\. 1 was given up\.$/).waitFor();
}

/** From the webhook to the delivery that was given up. */
async function givenUp(page, webhook) {
	await visit(page, `webhooks/${webhook.id}`);
	await page.locator("[data-answer=given_up]").getByText("The last delivery was given up: 500.").waitFor();
	await page.getByRole("link", { name: "1", exact: true }).click();
	await page.waitForURL(/status=exhausted/);
	await row(page, "Byron").getByText("Exhausted").waitFor();
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Refusals" });
	const hook = (name, path, more) =>
		api("POST", "/api/v2/webhooks", { name, event: "user.join", url: context.desk + path, campaign_id: campaign.id, ...more });
	const wanted = { types: ["person_referring"], retry_schedule: [1] };
	await hook("Strict", "/strict", wanted);
	const broken = await hook("Broken", "/broken", wanted);
	const page = await signedIn("webhooks");
	await list(page, campaign);
	await firstPage(page);
	await givenUp(page, broken);
	assertClean(page);
});
