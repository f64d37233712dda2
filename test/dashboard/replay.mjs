// The progress of a replay while it runs: the page counts the events that were checked, and then says how many were queued.
import assert from "node:assert/strict";
import { assertClean, context, run, signedIn } from "./browser.mjs";

const fact = async (page, name) => {
	const text = await page.locator("dl.facts div").filter({ hasText: name }).locator("dd").innerText();
	return Number(text.replace(/\D/g, ""));
};

await run(async () => {
	const page = await signedIn(`webhooks/${context.webhook}/replay`);
	await page.getByRole("button", { name: "Send" }).and(page.locator(":enabled")).click();
	await page.getByText("Deliveries are being queued.").waitFor();
	await page.waitForFunction(() => {
		const [checked] = document.querySelectorAll("dl.facts dd");
		return checked && Number(checked.textContent.replace(/\D/g, "")) > 0;
	});
	await page.getByText("Deliveries are being queued.").waitFor(); // it is not at its end yet
	const checked = await fact(page, "Events checked");
	assert.ok(checked > 0 && checked < context.events, `${checked} events were checked while it ran`);
	await page.getByText(`${context.queued} deliveries were queued.`).waitFor({ timeout: 60_000 });
	assert.ok((await fact(page, "Events checked")) >= context.events);
	assertClean(page);
});
