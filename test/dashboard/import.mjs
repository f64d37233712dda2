// Importing: a dry run shows refused lines, then the file is imported; suspicious people are reviewed side by side.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { api, assertAccessible, assertClean, assertFits, joinThrough, run, signedIn, visit } from "./browser.mjs";

const LINES = ["first_name,email,code,referrer,qualified", "Ada,ada@import.example,zAda,,", "Bob,bob@import.example,,zAda,Yes",
	"Cy,cy@,,,", "=Dee,dee@import.example,,nobody@import.example,"];

/** Drops a file on the page, as from a folder. */
async function drop(page, name, text) {
	const transfer = await page.evaluateHandle(([n, t]) => {
		const data = new DataTransfer();
		data.items.add(new File([t], n, { type: "text/csv" }));
		return data;
	}, [name, text]);
	await page.locator(".drop").dispatchEvent("drop", { dataTransfer: transfer });
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Import" });
	const count = async () => (await api("GET", `/api/v2/users?campaign_id=${campaign.id}`)).length;
	const page = await signedIn(`users/import?campaign_id=${campaign.id}`, { width: 360 });
	await drop(page, "people.csv", LINES.join("\n"));
	await page.getByText("people.csv has 4 lines.").waitFor();
	await page.getByText("needs a domain after the @").waitFor();
	await page.getByRole("heading", { name: "2 lines are refused" }).waitFor();
	await assertAccessible(page);
	await assertFits(page);
	assert.equal(await count(), 0);

	const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download as CSV" }).click()]);
	assert.equal(file.suggestedFilename(), "people-refused.csv");
	assert.match(readFileSync(await file.path(), "utf8"), /^"first_name","email","code","referrer","qualified","line","column","reason"\r\n"Cy","cy@","","","","4","email",".*\r\n"'=Dee","dee@import\.example","","nobody@import\.example","","5","referrer",".*\r\n$/);

	await page.getByRole("button", { name: "Import 2 users" }).click();
	await page.getByText("people.csv is imported.").waitFor();
	assert.equal(await count(), 2);
	await page.getByRole("link", { name: "Show the users" }).click();
	await page.getByRole("link", { name: "Bob" }).waitFor();

	const suspect = await joinThrough("zAda", "Sus www.example.com", "sus+1@mailinator.com");
	await visit(page, "users/review");
	const panel = page.getByRole("region", { name: "Sus www.example.com" });
	await panel.getByText("at a provider of throw-away addresses").waitFor();
	await panel.getByRole("link", { name: "Ada" }).waitFor();
	await panel.getByText("No reward waits for this decision.").waitFor();
	await assertAccessible(page);
	await assertFits(page);
	await panel.getByRole("button", { name: "Reject" }).click();
	const asked = panel.getByRole("alertdialog");
	await asked.getByText("Reject Sus www.example.com? No reward waits. This cannot be undone.").waitFor();
	await asked.getByRole("button", { name: "Back" }).click();
	await panel.getByRole("button", { name: "Reject" }).click();
	await asked.getByRole("button", { name: "Reject" }).click();
	await page.getByText("Sus www.example.com is rejected.").waitFor();
	await panel.waitFor({ state: "detached" });
	assert.equal((await api("GET", `/api/v2/users/${suspect.id}`)).review.state, "rejected");
	assertClean(page);
});
