// The text on a colour is the first of white, #1A1A1A and black that has a contrast of 4.5: the same rule as on the pages
// (WCAG 2.2).

const TEXTS = ["#ffffff", "#1a1a1a", "#000000"] as const;
type TextColour = (typeof TEXTS)[number];

function luminance(colour: string): number {
	const part = (at: number) => {
		const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
		return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	};
	return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

function contrast(a: string, b: string): number {
	const [one, two] = [luminance(a) + 0.05, luminance(b) + 0.05];
	return Math.max(one, two) / Math.min(one, two);
}

/** Undefined for a text that is not a colour. */
export function onColour(colour: string): { text: TextColour; ratio: number } | undefined {
	if (!/^#[0-9a-f]{6}$/i.test(colour)) return undefined;
	const text = TEXTS.find((t) => contrast(colour, t) >= 4.5) ?? "#000000";
	return { text, ratio: Math.floor(contrast(colour, text) * 10) / 10 };
}
