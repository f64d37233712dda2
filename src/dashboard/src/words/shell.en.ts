// The words of the frame: navigation, keys, the palette, display.
export const enShell = {
	navigation: "Main", find: "Find", close: "Close",
	keys: "Keys", keyPalette: "Find anything", keyFilter: "Go to the filter", keyRows: "Next and previous row",
	keyOpen: "Open the row", keyBack: "Back", keyList: "This list",
	singleKeys: "Single keys work (/ j k Esc ?)",
	displayTab: "Display", displayText: "These choices are kept in this browser.",
	theme: "Theme", themeSystem: "As the system", themeLight: "Light", themeDark: "Dark",
	language: "Language", languageBrowser: "As the browser",
	findPage: "Page", delivery: "Delivery", findHelp: "Page, campaign, webhook, user's code or e-mail address, id",
	searchUsers: "Search the users for “{text}”", found: ["{n} line", "{n} lines"] as [string, string],
};
