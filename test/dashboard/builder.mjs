// The builder: the real page beside unsaved settings, a mistake beside its field, the order of fields by keyboard, and
// saving with Ctrl-S what the hosted page then shows.
import assert from "node:assert/strict";
import {
	api, assertAccessible, assertClean, assertFits, drag, focused, ignore, run, signedIn, visit,
} from "./browser.mjs";

await run(async () => {
	const pages = { button: "Saved button" };
	const fields = { person_invited: [{ id: "phone", label: "Phone", type: "phone" }] };
	const campaign = await api("POST", "/api/v2/campaigns", { name: "Autumn", pages, fields });
	const path = `/api/v2/campaigns/${campaign.id}`;
	const address = `campaigns/${campaign.id}/edit`;
	const page = await signedIn(`${address}/pages`);
	const preview = page.frameLocator('iframe[title="Preview"]');
	const shows = (text) => preview.getByText(text).first().waitFor();
	const step = (name) => page.getByRole("navigation", { name: "Steps" }).getByRole("link", { name }).click();

	await shows("Saved button");
	const texts = page.getByRole("group", { name: "Campaign's link" });
	await texts.getByLabel("Headline").fill("Bring <b>one</b> friend");
	await shows("Bring <b>one</b> friend");
	const button = texts.getByLabel("Button", { exact: true });
	await texts.getByRole("button", { name: "Use the standard text: Button" }).click();
	await focused(page, button);
	assert.deepEqual([await button.inputValue(), await button.getAttribute("placeholder")], ["", "Get my link"]);
	await preview.getByRole("button", { name: "Get my link", exact: true }).waitFor();
	await page.getByRole("textbox", { name: "Colour", exact: true }).fill("red");
	await page.getByText("must be a colour such as #1a2b3c").first().waitFor();
	await button.fill("Not yet");
	await preview.getByRole("button", { name: "Get my link", exact: true }).waitFor();
	await page.getByRole("textbox", { name: "Colour", exact: true }).fill("#0b6e4f");
	await shows("Not yet");
	await page.getByRole("textbox", { name: "Colour of the button", exact: true }).fill("#ffd400");
	await page.getByText("Text on it is almost black, 12.1:1.").waitFor();
	await page.getByRole("textbox", { name: "Background", exact: true }).fill("ffeedd");
	await page.getByText("must be a colour such as #1a2b3c").first().waitFor();
	await page.getByRole("textbox", { name: "Background", exact: true }).fill("#ffeedd");
	await preview.locator('link[href*="colour-ffd400-gffeedd.css"]').waitFor({ state: "attached" });
	await page.getByLabel("Layout").selectOption("split");
	await page.getByText("All other words").click();
	await page.getByRole("textbox", { name: "First name" }).fill("Your nickname");
	await shows("Your nickname");
	assert.equal((await api("GET", path)).pages.headline, null);

	await step(/Form/);
	await page.getByLabel("Page", { exact: true }).selectOption("friend");
	await shows("Phone");
	const invited = page.getByRole("group", { name: "Form of an invited friend" });
	await invited.getByRole("button", { name: "Add a field" }).click();
	await focused(page, invited.getByLabel("Question").last());
	await page.keyboard.type("Company size");
	await invited.getByLabel("Kind of answer").last().selectOption("select");
	await page.getByText("must have").first().waitFor(); // a choice needs choices
	await invited.getByLabel("Choices").fill("Small\nLarge");
	await invited.getByLabel("Question").last().press("Alt+ArrowUp");
	const rows = invited.locator(".form-field");
	const company = async () => (await rows.first().getByLabel("Question").inputValue()) === "Company size";
	await drag(page, rows.first().locator(".grip"), rows.last(), async () => !(await company()));
	await drag(page, rows.last().locator(".grip"), rows.first(), company);
	await preview.locator(".field").nth(2).getByText("Company size").waitFor();

	await step(/After joining/);
	await page.getByLabel("Go to a page of your own site").check();
	await page.getByLabel("Address on your site").fill("https://shop.example/welcome?from=friend");
	await page.getByRole("textbox", { name: "First name", exact: true }).fill("name");
	await page.getByText("https://shop.example/welcome?from=friend&code=uK3fTz9Q&name=Byron").waitFor();

	page.on("dialog", (dialog) => void dialog.accept()); // the browser asks before it leaves unsaved text
	await page.reload();
	await page.getByText("Your unsaved changes from before are here.").waitFor();
	await page.getByText("https://shop.example/welcome?from=friend&code=uK3fTz9Q&name=Byron").waitFor();
	await page.getByRole("button", { name: "Discard" }).click();
	await page.getByText("Everything is saved").waitFor();
	await page.getByRole("button", { name: "Undo" }).click();
	await page.getByLabel("Address on your site").press("Control+s");
	await page.getByText("Everything is saved").waitFor();
	const saved = await api("GET", path);
	assert.equal(saved.pages.headline, "Bring <b>one</b> friend");
	assert.equal(saved.pages.button, "Not yet");
	assert.deepEqual(saved.pages.words, { first_name: "Your nickname" });
	assert.equal(saved.colour, "#0b6e4f");
	assert.deepEqual([saved.pages.button_colour, saved.pages.background, saved.pages.layout], ["#ffd400", "#ffeedd", "split"]);
	assert.deepEqual(saved.fields.person_invited.slice(2).map((f) => [f.id, f.options]),
		[["company_size", ["Small", "Large"]], ["phone", []]]);
	assert.equal(saved.redirect.url, "https://shop.example/welcome?from=friend");
	assert.equal(saved.redirect.first_name_param, "name");

	await page.goto(saved.url);
	await page.getByRole("heading", { name: "Bring <b>one</b> friend" }).waitFor();
	const phone = await signedIn("", { width: 360 });
	for (const name of ["settings", "form", "after", "pages"]) {
		await visit(phone, `${address}/${name}?device=desktop`);
		await assertFits(phone);
		await assertAccessible(phone);
	}
	assertClean(phone);
	ignore(page, /422/); // refused previews
	assertClean(page);
});
