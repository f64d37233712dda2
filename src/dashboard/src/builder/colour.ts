// The text on a colour is white or black, whichever is easier to read: the same rule as on the pages (WCAG 2.2).

function luminance(colour: string): number {
	const part = (at: number) => {
		const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
		return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	};
	return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** Undefined for a text that is not a colour. */
export function onColour(colour: string): { white: boolean; ratio: number } | undefined {
	if (!/^#[0-9a-f]{6}$/i.test(colour)) return undefined;
	const l = luminance(colour);
	const white = 1.05 / (l + 0.05);
	const black = (l + 0.05) / 0.05;
	return { white: white >= black, ratio: Math.round(Math.max(white, black) * 10) / 10 };
}
