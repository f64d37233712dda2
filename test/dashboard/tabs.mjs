// Eight tabs of one browser: they share one stream, so that six connections are enough, and each of them is live.
import assert from "node:assert/strict";
import { api, assertClean, context, ignore, joinThrough, run, signedIn, tab, visit } from "./browser.mjs";

const TABS = 8;

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Tabs" });
	await api("POST", "/api/v2/webhooks", { name: "Tabs", event: "user.join", types: ["person_referring"], url: context.receiver });
	const first = await signedIn("deliveries");
	let streams = 0;
	first.context().on("request", (request) => request.url().endsWith("/stream") && streams++);
	const tabs = [first];
	while (tabs.length < TABS) tabs.push(await tab(first, "deliveries"));
	assert.equal(streams, 0, "no further tab opens a stream");
	const ann = await joinThrough(campaign.code, "Ann", "ann@tabs.example");
	for (const page of tabs) await page.getByRole("link", { name: ann.code }).waitFor();

	await first.close(); // it had the stream
	const bob = await joinThrough(campaign.code, "Bob", "bob@tabs.example");
	for (const page of tabs.slice(1)) await page.getByRole("link", { name: bob.code }).waitFor();
	assert.equal(streams, 1, "one of the others has the stream now");

	await tabs[1].getByRole("button", { name: "Sign out" }).click();
	for (const page of tabs.slice(2)) await page.getByText("Your session ended").waitFor();
	await tabs[1].getByLabel("API token").fill(context.token);
	await tabs[1].keyboard.press("Enter");
	for (const page of tabs.slice(2)) await page.getByText("Your session ended").waitFor({ state: "detached" });
	await visit(tabs[2], "campaigns/" + campaign.id);
	await tabs[2].getByRole("button", { name: "Actions" }).click();
	await tabs[2].getByRole("button", { name: "Pause", exact: true }).click();
	await tabs[2].getByText("Campaign paused.").waitFor();
	for (const page of tabs.slice(1)) {
		ignore(page, /401/); // the end of the session
		assertClean(page);
	}
});
