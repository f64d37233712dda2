// The server's health: each value has a normal range and advice, and a backup and held deliveries show up.
import { api, assertAccessible, assertClean, assertFits, context, joinThrough, picture, run, signedIn } from "./browser.mjs";

await run(async () => {
	const page = await signedIn("settings/health");
	const row = (name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
	await row("Free disk space").getByText("At least 20 %").waitFor();
	await row("Commit time").getByText(/^Half of the commits take under .+ ms, 99 of 100 under .+\.$/).waitFor();
	await row("Growth of the database").filter({ hasText: "Unknown" }).getByText("referd knows the growth one hour after it starts").waitFor();
	await row("Commit time").filter({ hasText: "Unknown" }).getByText("referd judges the commit time after 100 commits").waitFor();
	await row("Running for").getByText("Normal", { exact: true }).waitFor(); // a restart alone is normal
	await row("Last backup").filter({ hasText: context.backedUp ? /ago[^]*Normal/ : /Unknown[^]*referd backup FILE/ }).waitFor();

	await page.getByText(/Unknown: Growth of the database, Commit time.* The text beside each value says how referd learns it\.$/).waitFor();

	const campaign = await api("POST", "/api/v2/campaigns", { name: "Health" });
	const url = "https://health.example/h";
	const wanted = { name: "Health", event: "user.join", types: ["person_referring"], url };
	const webhook = await api("POST", "/api/v2/webhooks", wanted);
	await api("POST", `/api/v2/webhooks/${webhook.id}/disable`, {});
	await joinThrough(campaign.code, "Ann", `ann${webhook.id}@health.example`);
	await row("Held").getByText("Watch").waitFor();
	await row("Held").getByRole("link", { name: "Open" }).waitFor();
	await page.getByText(/values? (is|are) outside/).waitFor();
	await api("DELETE", `/api/v2/webhooks/${webhook.id}`);
	for (const width of [1280, 360]) {
		await page.setViewportSize({ width, height: 800 });
		await assertFits(page);
		await assertAccessible(page);
		await picture(page, `health-${width}-light`);
	}
	assertClean(page);
});
