// A session ends by time under an open page: after half an hour without a request, and after twelve hours in any case. The
// page covers itself with the sign-in form, and typed text is kept. The server's clock is moved, the browser's is not.
import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { context, nameOfNewCampaign, open, run, signIn, visit } from "./browser.mjs";

const MINUTE = 60;

/** Moves the server's clock to so many seconds ahead of the right time. The file is never half written. */
function setClock(seconds) {
	writeFileSync(`${context.clock}.new`, `+${seconds}`);
	renameSync(`${context.clock}.new`, context.clock);
}

/** The page asks again in a few seconds, and learns that the session has ended. */
async function signInAgain(page, text) {
	await page.getByText("Your session ended").waitFor();
	assert.equal(await page.getByLabel("Name of the campaign").inputValue(), text);
	await signIn(page);
	await page.getByText("Your session ended").waitFor({ state: "detached" });
	assert.equal(await page.getByLabel("Name of the campaign").inputValue(), text);
}

const status = (page) => page.evaluate(async () => (await fetch("api/v2/campaigns")).status);

await run(async () => {
	const page = await open();
	await signIn(page);
	await visit(page, "campaigns");
	const name = await nameOfNewCampaign(page);
	await name.fill("Typed before half an hour");
	setClock(31 * MINUTE);
	await signInAgain(page, "Typed before half an hour");

	await name.fill("Typed during twelve hours");
	let passed = 31;
	for (const end = passed + 12 * 60 - 30; passed < end; passed += 25) {
		setClock(passed * MINUTE);
		assert.equal(await status(page), 200, `signed in after ${passed - 31} minutes`);
	}
	setClock((31 + 12 * 60 + 1) * MINUTE);
	await signInAgain(page, "Typed during twelve hours");
	await name.press("Enter");
	await page.getByRole("heading", { name: "Typed during twelve hours" }).waitFor();
});
