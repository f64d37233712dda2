// The words of the frame in German.
export const deShell = {
	navigation: "Hauptmenü", find: "Finden", close: "Schließen",
	keys: "Tasten", keyPalette: "Alles finden", keyFilter: "Zum Filter", keyRows: "Nächste und vorige Zeile",
	keyOpen: "Zeile öffnen", keyBack: "Zurück", keyList: "Diese Liste",
	singleKeys: "Einzelne Tasten sind aktiv (/ j k Esc ?)",
	displayTab: "Darstellung", displayText: "Diese Einstellungen merkt sich dieser Browser.",
	theme: "Farben", themeSystem: "Wie das System", themeLight: "Hell", themeDark: "Dunkel",
	language: "Sprache", languageBrowser: "Wie der Browser",
	findPage: "Seite", delivery: "Zustellung", findHelp: "Seite, Kampagne, Webhook, Code oder E-Mail-Adresse, Nummer",
	searchUsers: "Personen nach „{text}“ durchsuchen", found: ["{n} Zeile", "{n} Zeilen"] as [string, string],
};
