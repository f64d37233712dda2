// The progress of a replay while it runs: the page counts the events that were checked, and then says how many were queued.
import assert from "node:assert/strict";
import { assertClean, context, run, signedIn, until } from "./browser.mjs";

const fact = async (page, name) => {
	const text = await page.locator("dl.facts div").filter({ hasText: name }).locator("dd").innerText();
	return Number(text.replace(/\D/g, ""));
};

await run(async () => {
	const page = await signedIn(`webhooks/${context.webhook}/replay`);
	await page.getByRole("button", { name: "Send" }).and(page.locator(":enabled")).click();
	const during = await page.waitForFunction(() => {
		const [checked] = document.querySelectorAll("dl.facts dd");
		const runs = document.querySelector(".notice[role=status]")?.textContent === "Deliveries are being queued.";
		return runs && Number(checked.textContent.replace(/\D/g, ""));
	});
	const checked = await during.jsonValue();
	assert.ok(checked < context.events, `${checked} events were checked while it ran`);
	await page.getByText(`${context.queued} deliveries were queued.`).waitFor();
	await until("all events are checked", async () => (await fact(page, "Events checked")) >= context.events);
	assertClean(page);
});
