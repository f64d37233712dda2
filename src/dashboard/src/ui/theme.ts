// The theme: the system's, or light or dark by choice. tokens.css has the colours.
import { effect } from "@preact/signals";
import { kept } from "./keep";

export const themes = ["system", "light", "dark"] as const;
export const theme = kept("referd.theme", themes);

effect(() => {
	if (theme.value === "system") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme.value;
});
