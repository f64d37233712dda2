// The end of a session under an open page: the form covers the page, and typed text is kept.
import assert from "node:assert/strict";
import { api, becomes, nameOfNewCampaign, open, run, signIn, signedIn, tab, visit } from "./browser.mjs";

const FILE = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from("first_name,email\nAda,ada@sessions.example\n") };

/** The session ends while three tabs hold text and a chosen file. Signing in again in one tab opens the others too, and
 * the action that met the end of the session is repeated. */
async function formsKeepTheirText() {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Sessions" });
	const token = await api("POST", "/api/v2/tokens", { name: "Cy", scopes: ["write"] });
	const user = await signedIn(`users/new?campaign_id=${campaign.id}`, { token: token.token });
	await user.getByLabel("First name").fill("Typed user");
	await user.getByLabel("E-mail").fill("typed@sessions.example");
	const webhook = await tab(user, "webhooks/new");
	const url = webhook.getByRole("textbox", { name: "URL", exact: true });
	await url.fill("https://crm.example/typed");
	const file = await tab(user, `users/import?campaign_id=${campaign.id}`);
	await file.locator("input[type=file]").setInputFiles(FILE);
	await file.getByRole("button", { name: "Import 1 user" }).waitFor();

	await api("DELETE", `/api/v2/tokens/${token.id}`);
	for (const page of [user, webhook, file]) await page.getByText("Your session ended").waitFor();
	await signIn(user);
	for (const page of [user, webhook, file]) await page.getByText("Your session ended").waitFor({ state: "detached" });
	assert.equal(await url.inputValue(), "https://crm.example/typed");
	await user.getByRole("button", { name: "Add user" }).click();
	await user.getByRole("heading", { name: "Typed user" }).waitFor();
	await file.getByRole("button", { name: "Import 1 user" }).click();
	await file.getByText("people.csv is imported.").waitFor();
	await user.context().close();
}

await run(async () => {
	const token = await api("POST", "/api/v2/tokens", { name: "Ann", scopes: ["write"] });
	const page = await open();
	await signIn(page, token.token);
	await visit(page, "campaigns");
	const name = await nameOfNewCampaign(page);
	await name.fill("Typed before the end");

	await api("DELETE", `/api/v2/tokens/${token.id}`);
	await page.getByText("Your session ended").waitFor();
	await signIn(page);
	await page.getByText("Your session ended").waitFor({ state: "detached" });
	assert.equal(await name.inputValue(), "Typed before the end");
	await name.press("Enter");
	await page.getByRole("heading", { name: "Typed before the end" }).waitFor();

	await formsKeepTheirText();

	const reader = await api("POST", "/api/v2/tokens", { name: "Bob", scopes: ["read"] });
	const other = await open();
	await signIn(other, reader.token);
	await visit(other, "campaigns");
	await other.getByRole("button", { name: "New campaign" }).and(other.locator(":disabled")).waitFor();
	const refused = await other.evaluate(async () => {
		const { data } = await (await fetch("api/v2/session")).json();
		const headers = { "Content-Type": "application/json", "X-CSRF-Token": data.csrf_token };
		return (await fetch("api/v2/campaigns", { method: "POST", headers, body: '{"name":"x"}' })).status;
	});
	assert.equal(refused, 403);

	await other.getByRole("button", { name: "Sign out" }).click();
	await other.getByLabel("API token").waitFor();
	await other.reload();
	await other.getByLabel("API token").waitFor();
	await becomes("the number of cookies", async () => (await other.context().cookies()).length, 0);
});
