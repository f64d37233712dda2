// The tabs of the settings, for their page and for the palette: the name in the address, and the word.
import type { Words } from "../words/en";

export const settingsTabs = [
	{ name: "inbound", word: "inboundTab" },
	{ name: "tokens", word: "tokensTab" },
	{ name: "people", word: "peopleTab" },
	{ name: "audit", word: "auditTab" },
	{ name: "health", word: "healthTab" },
	{ name: "display", word: "displayTab" },
] as const satisfies { name: string; word: keyof Words }[];

export type SettingsTab = (typeof settingsTabs)[number]["name"];
