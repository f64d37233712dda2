// Every page at three widths and in two themes: axe, no sideways scrolling, a clean console, a picture. The names are
// hostile.
import { api, assertAccessible, assertClean, assertFits, joinThrough, picture, run, signedIn, visit } from "./browser.mjs";

await run(async () => {
	const HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}.exe";
	const campaign = await api("POST", "/api/v2/campaigns", { name: HOSTILE });
	const url = "https://crm.example/h";
	const webhook = await api("POST", "/api/v2/webhooks", { name: HOSTILE, event: "user.join", url });
	const jessica = await joinThrough(campaign.code, HOSTILE, "hostile@example.com");
	await joinThrough(jessica.code, "Byron", "byron@hostile.example");
	const [delivery] = await api("GET", `/api/v2/deliveries?webhook_id=${webhook.id}`);

	const pages = {
		campaigns: "campaigns", campaign: `campaigns/${campaign.id}`, webhooks: "webhooks", webhook: `webhooks/${webhook.id}`,
		"webhook-new": "webhooks/new", "webhook-request": `webhooks/${webhook.id}/request`,
		"webhook-settings": `webhooks/${webhook.id}/settings`,
		deliveries: "deliveries", delivery: `deliveries/${delivery.id}`, users: "users", user: `users/${jessica.code}`,
		"user-edit": `users/${jessica.code}?panel=edit`, "user-erase": `users/${jessica.code}?panel=erase`,
		"user-new": "users/new", import: "users/import", review: "users/review",
		due: "rewards/due", rules: "rewards/rules", inbound: "settings/inbound", tokens: "settings/tokens", audit: "settings/audit",
		start: "start", builder: `campaigns/${campaign.id}/edit/form`, display: "settings/display",
	};
	const looks = [[360, "light"], [768, "light"], [1280, "light"], [1280, "dark"], [360, "dark"]];
	for (const [width, scheme] of looks) {
		const page = await signedIn("", { width, scheme });
		for (const [name, address] of Object.entries(pages)) {
			await visit(page, address);
			await assertFits(page);
			await assertAccessible(page);
			await picture(page, `${name}-${width}-${scheme}`);
		}
		assertClean(page);
		await page.context().close();
	}
});
