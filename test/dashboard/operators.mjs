// People who sign in: an admin adds a viewer and an editor; a viewer changes nothing, by the page or by requests; an
// editor edits and manages nobody; a new role and a removal count at once.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, ignore, nameOfNewCampaign, open, picture, run, signedIn, visit,
} from "./browser.mjs";

const PASSWORD = "correct horse battery";

async function signInAs(name, password = PASSWORD, options = {}) {
	const page = await open(options);
	await page.getByRole("button", { name: "Sign in with a name and a password" }).click();
	await page.getByLabel("Name").fill(name);
	await page.getByLabel("Password").fill(password);
	await page.keyboard.press("Enter");
	return page;
}

/** Sends a change with the page's own cookie and CSRF token, and answers the status. */
function request(page, method, path, body) {
	return page.evaluate(async ([how, where, what]) => {
		const { data } = await (await fetch("api/v2/session")).json();
		const headers = { "Content-Type": "application/json", "X-CSRF-Token": data.csrf_token };
		return (await fetch(where, { method: how, headers, body: what })).status;
	}, [method, path, body]);
}

async function addPerson(admin, name, role) {
	await admin.getByRole("button", { name: "Add person" }).click();
	const form = admin.getByRole("form", { name: "Add person" });
	await form.getByLabel("Name").fill(name);
	await form.getByRole("radio", { name: role }).check();
	await form.getByLabel("Password", { exact: true }).fill("short");
	await form.getByRole("button", { name: "Add person" }).click();
	await form.getByText("at least 12 characters").waitFor();
	assert.equal(await form.getByLabel("Name").inputValue(), name);
	await form.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await form.getByRole("button", { name: "Add person" }).click();
	await admin.getByRole("row").filter({ hasText: name }).waitFor();
}

async function viewerChangesNothing(viewer, campaign) {
	for (const address of ["campaigns", `campaigns/${campaign.id}`, "users/new", "webhooks/new", "rewards/rules"]) {
		await visit(viewer, address);
		await viewer.getByText("Needs the editor role").first().waitFor();
		const open = await viewer.locator("main button.primary:enabled").allInnerTexts();
		assert.deepEqual(open.filter((text) => text !== "Copy link"), [], address); // copying changes nothing
	}
	for (const [method, path, body] of [
		["POST", "api/v2/campaigns", '{"name":"x"}'],
		["PUT", `api/v2/campaigns/${campaign.id}`, '{"name":"x"}'],
		["DELETE", `api/v2/campaigns/${campaign.id}`, undefined],
		["POST", "api/v2/webhooks", '{"name":"x"}'],
		["GET", "api/v2/operators", undefined],
		["POST", "api/v2/operators", `{"name":"x","role":"admin","password":"${PASSWORD}"}`],
		["POST", "api/v2/tokens", '{"name":"x","scopes":["admin"]}'],
	])
		assert.equal(await request(viewer, method, path, body), 403, `${method} ${path}`);
}

await run(async () => {
	const campaign = await api("POST", "/api/v2/campaigns", { name: "People" });
	const admin = await signedIn("settings/people");
	await admin.getByText("Add a person to see names").waitFor();
	await addPerson(admin, "Vera", "Viewer");
	await addPerson(admin, "Ed", "Editor");
	ignore(admin, /422/); // the refused passwords
	await assertAccessible(admin);
	await picture(admin, "people");

	const viewer = await signInAs("vera", "a wrong password", { width: 360, scheme: "dark" });
	await viewer.getByRole("alert").waitFor();
	await assertAccessible(viewer);
	await assertFits(viewer);
	await viewer.getByLabel("Password").fill(PASSWORD);
	await viewer.keyboard.press("Enter");
	await viewer.getByRole("navigation").first().waitFor();
	await viewerChangesNothing(viewer, campaign);
	await visit(viewer, "settings/people");
	await viewer.getByText("Needs the admin role").waitFor();
	await assertAccessible(viewer);
	await assertFits(viewer);

	const editor = await signInAs("Ed");
	await editor.getByRole("navigation").getByText("Ed", { exact: true }).waitFor();
	await visit(editor, "campaigns");
	const name = await nameOfNewCampaign(editor);
	await name.fill("Made by Ed");
	await name.press("Enter");
	await editor.getByRole("heading", { name: "Made by Ed" }).waitFor();
	await visit(editor, "settings/people");
	await editor.getByText("Needs the admin role").waitFor();
	assert.equal(await editor.getByRole("button", { name: "Add person" }).count(), 0);
	assertClean(editor);
	assert.equal(await request(editor, "GET", "api/v2/operators"), 403);

	// Another role, and back by the toast.
	await admin.getByLabel("Role: Ed").selectOption("Viewer");
	await admin.getByText("Ed: Viewer.").waitFor();
	assert.equal(await request(editor, "POST", "api/v2/campaigns", '{"name":"x"}'), 403);
	await admin.getByRole("button", { name: "Undo" }).click();
	await admin.getByText("Ed: Editor.").waitFor();
	assert.equal(await request(editor, "POST", "api/v2/campaigns", '{"name":"Again"}'), 201);

	// Her own password, and her removal.
	await viewer.getByLabel("Current password").fill(PASSWORD);
	await viewer.getByLabel("New password").fill("battery horse correct");
	await viewer.getByRole("button", { name: "Change password" }).click();
	await viewer.getByText("Password changed.").waitFor();
	await admin.getByRole("button", { name: "Remove: Vera" }).click();
	await admin.getByText("is signed out at once").waitFor();
	await admin.getByRole("button", { name: "Remove Vera" }).click();
	await viewer.getByText("Your session ended").waitFor();
	await admin.getByText("Vera is removed.").waitFor();
	assertClean(admin);
});
