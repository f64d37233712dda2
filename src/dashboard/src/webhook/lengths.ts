// Lengths of time as people type them: "5 min" or "2 h". They are stored as seconds.
const UNITS: [RegExp, number, string][] = [
	[/^(d|t|days?|tage?)$/i, 86_400, "d"],
	[/^(h|std|hours?|stunden?)$/i, 3600, "h"],
	[/^(m|min|minutes?|minuten?)$/i, 60, "min"],
	[/^(s|sek|sec|seconds?|sekunden?|)$/i, 1, "s"],
];

/** 300 as "5 min": the largest unit without a remainder. */
export function lengthText(seconds: number): string {
	const [, size, unit] = UNITS.find(([, s]) => seconds % s === 0) ?? [/x/, 1, "s"];
	return `${seconds / size} ${unit}`;
}

/** The seconds of "5 min", or undefined. A number without a unit counts seconds. */
export function secondsOf(text: string): number | undefined {
	const found = /^(\d+(?:[.,]\d+)?)\s*([a-z]*)$/i.exec(text.trim());
	const unit = UNITS.find(([pattern]) => pattern.test(found?.[2] ?? "x"));
	return found && unit ? Number(found[1]?.replace(",", ".")) * unit[1] : undefined;
}

/** "5 s, 5 min, 30 min" */
export const lengthsText = (all: number[]) => all.map(lengthText).join(", ");

/** The seconds of each length of a list, or undefined if one is wrong. Commas, semicolons and lines separate them. */
export function allSecondsOf(text: string): number[] | undefined {
	const parts = text.split(/[;\n]|,(?!\d)/).map((part) => part.trim()).filter(Boolean);
	const all = parts.map(secondsOf).filter((s) => s !== undefined);
	return all.length === parts.length && all.every(Number.isInteger) ? all : undefined;
}
