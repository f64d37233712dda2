// The end of a session under an open page: the form covers the page, and typed text is kept.
import assert from "node:assert/strict";
import { api, nameOfNewCampaign, open, run, signIn, visit } from "./browser.mjs";

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

	const reader = await api("POST", "/api/v2/tokens", { name: "Bob", scopes: ["read"] });
	const other = await open();
	await signIn(other, reader.token);
	await visit(other, "campaigns");
	assert.ok(await other.getByRole("button", { name: "New campaign" }).isDisabled());
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
	assert.equal((await other.context().cookies()).length, 0);
});
