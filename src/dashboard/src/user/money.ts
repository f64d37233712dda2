// Money: how a reader types it, and sums of it. The API counts minor units; words.ts writes them.
import { money } from "../words";

interface Paid {
	amount: number | null;
	amount_display: string | null;
	currency: string | null;
}

/** The decimal places of the API's text: 2 for "10.00". */
const placesOf = (display: string) => display.split(".")[1]?.length ?? 0;

/** The decimal places of a currency. A code that is still being typed has 2. */
export function placesOfCurrency(currency: string): number {
	try {
		return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
	} catch {
		return 2;
	}
}

/** "12,50" or "12.50" with two places: 1250. undefined if it is not such a number, or has more places. */
export function minorUnits(typed: string, places: number): number | undefined {
	const found = /^(\d{1,12})(?:[.,](\d+))?$/.exec(typed.trim());
	const [whole, part = ""] = found?.slice(1) ?? [];
	if (whole === undefined || part.length > places) return undefined;
	return Number(whole + part.padEnd(places, "0"));
}

/** What a reader types for an amount of this reward, in minor units. */
export const amountTyped = (typed: string, { amount_display }: Paid) => minorUnits(typed, placesOf(amount_display ?? "0.00"));

/** "EUR 20.00, USD 5.00": the sum for each currency. */
export function sumOf(rewards: Paid[]): string {
	const sums = new Map<string, { minor: number; places: number }>();
	for (const { amount, amount_display, currency } of rewards) {
		if (!currency || !amount || amount_display === null) continue;
		sums.set(currency, { minor: (sums.get(currency)?.minor ?? 0) + amount, places: placesOf(amount_display) });
	}
	return [...sums].map(([currency, { minor, places }]) => money((minor / 10 ** places).toFixed(places), currency)).join(", ");
}

/** " (EUR 20.00)", for the end of a phrase; "" without an amount. */
export function sumText(rewards: Paid[]): string {
	const sum = sumOf(rewards);
	return sum && ` (${sum})`;
}
