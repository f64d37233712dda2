// A period of days that ends today in a campaign's time zone, and the period of the same length before it.
import type { Schemas } from "../api";

export type Day = Schemas["DayOfAnalytics"];

export const PERIODS = [7, 30, 90] as const;
export const MEASURES = ["joins", "referrals", "qualified", "conversion"] as const;
export type Measure = (typeof MEASURES)[number];

const DAY_MS = 86_400_000;

/** The first day of `days` days of which the last is today in the zone: 2026-11-28. */
export function firstDay(timeZone: string, days: number): string {
	const today = new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date()); // Canada writes days as the API does
	return new Date(Date.parse(`${today}T00:00:00Z`) - (days - 1) * DAY_MS).toISOString().slice(0, 10);
}

/** null: there was no referral, so no share of them qualified. */
export function valueOf(day: Pick<Day, "joins" | "referrals" | "qualified">, measure: Measure): number | null {
	if (measure !== "conversion") return day[measure];
	return day.referrals === 0 ? null : day.qualified / day.referrals;
}

export function sumOf(days: Day[]): Pick<Day, "joins" | "referrals" | "qualified"> {
	const sum = { joins: 0, referrals: 0, qualified: 0 };
	for (const day of days) {
		sum.joins += day.joins;
		sum.referrals += day.referrals;
		sum.qualified += day.qualified;
	}
	return sum;
}
