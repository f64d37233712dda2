// The words in the reader's language: t("failed", { status: 500 }).
import { computed, effect, signal } from "@preact/signals";
import { kept } from "./ui/keep";
import type { Language, Words } from "./words/en";
import { deSignIn } from "./words/sign-in.de";
import { type SignInWords, enSignIn } from "./words/sign-in.en";

/** Each language is a script of its own, and the browser loads only the reader's. */
const languages: Record<string, () => Promise<Language>> = {
	en: async () => (await import("./words/en")).english,
	de: async () => (await import("./words/de")).german,
};

/** The browser's preferred language among ours. */
function preferred(): string {
	for (const tag of navigator.languages) {
		const language = tag.slice(0, 2).toLowerCase();
		if (language in languages) return language;
	}
	return "en";
}

export const languageChoices = ["browser", "en", "de"] as const;
export const languageChoice = kept("referd.language", languageChoices);
export const language = computed(() => (languageChoice.value === "browser" ? preferred() : languageChoice.value));

const loaded = signal<Language>();
/** What the server says, and the names of its fields, for `said.ts`. */
export const serverWords = (): Pick<Language, "said" | "fields"> => loaded.value ?? { said: {}, fields: {} };

/** Loads the words of the language. While they load, the page keeps the words that it has. */
async function load(wanted: string): Promise<void> {
	const found = await languages[wanted]?.();
	if (!found || wanted !== language.peek()) return;
	loaded.value = found;
	document.documentElement.lang = wanted;
}

let follows = false;

/** Follows the choice of the language. While the first words arrive, the browser loads its tables of dates and numbers,
 * which would delay the first rows. */
function follow(): void {
	follows = true;
	effect(() => void load(language.value).catch(() => undefined)); // if the server does not answer, the old words stay
	setTimeout(() => {
		moment(new Date(0).toISOString());
		number(0);
	});
}

/** Ends once all words are there. Until then, the page has the words of the sign-in form. */
export function loadWords(): Promise<void> {
	if (!follows) follow();
	return load(language.peek());
}

const signInWords: Record<string, Partial<Words>> = { en: enSignIn, de: deSignIn } satisfies Record<string, SignInWords>;
document.documentElement.lang = language.peek();

/** The reader's own form of the language: "en" of somebody in London writes times as en-GB does. */
const local = computed(() => navigator.languages.find((tag) => tag.startsWith(language.value)) ?? language.value);

export function t(key: keyof Words, values: Record<string, string | number> = {}): string {
	const words = loaded.value?.words ?? signInWords[language.value];
	const entry = words?.[key] ?? "";
	const n = Object.values(values).find((v) => typeof v === "number");
	const text = typeof entry === "string" ? entry : entry[n === 1 ? 0 : 1];
	return text.replace(/\{(\w+)\}/g, (all, name: string) => {
		const value = values[name];
		return typeof value === "number" ? number(value) : (value ?? all);
	});
}

/** A formatter of each language and kind. Making one takes longer than using it a hundred times, and a list uses it in each row. */
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const numberFormats = new Map<string, Intl.NumberFormat>();

const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${local.value} ${JSON.stringify(options)}`;
	const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(local.value, options);
	dateFormats.set(key, format);
	return format;
}

function dateText(at: Date, options: Intl.DateTimeFormatOptions): string {
	return dateFormat(options).format(at);
}

function numberText(n: number, options: Intl.NumberFormatOptions = {}): string {
	const key = `${local.value} ${JSON.stringify(options)}`;
	const format = numberFormats.get(key) ?? new Intl.NumberFormat(local.value, options);
	numberFormats.set(key, format);
	return format.format(n);
}

export function number(n: number): string {
	return numberText(n);
}

/** A day as the reader writes it: 27 Nov. */
export function day(at: Date): string {
	return dateText(at, { day: "numeric", month: "short" });
}

const BRIEF = 60;

/** A name inside a sentence: a long one would hide the sentence. */
export function brief(name: string): string {
	const all = [...name];
	return all.length <= BRIEF ? name : `${all.slice(0, BRIEF - 1).join("").trimEnd()}…`;
}

/** A day of the API, 2026-11-27, as the reader writes it. */
export function dayOf(date: string): string {
	const at = new Date(`${date}T00:00:00Z`);
	return dateText(at, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
}

/** 0.291 as 29.1 %. */
export function percent(share: number, places = 1): string {
	return numberText(share, { style: "percent", maximumFractionDigits: places });
}

/** An amount of the API, "1234.50": EUR 1,234.50, in German 1.234,50 EUR. */
export function money(amount: string, currency: string | null): string {
	const places = amount.split(".")[1]?.length ?? 0;
	const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
	const style = currency ? ({ style: "currency", currency, currencyDisplay: "code" } as const) : {};
	return numberText(Number(amount), { ...digits, ...style });
}

/** A moment in the reader's zone: the time of today, else the date too. */
export function moment(iso: string | null | undefined): string {
	if (!iso) return "–";
	const at = new Date(iso);
	const today = at.toDateString() === new Date().toDateString();
	const time = dateText(at, TIME);
	return today ? time : `${day(at)} ${time}`;
}

/** True if the reader's zone is UTC now, so that one time is enough. */
export const isUtc = () => new Date().getTimezoneOffset() === 0;

/** The time of day in UTC, with its milliseconds: "14:55:00.123 UTC". */
export const exactUtc = (iso: string) => `${new Date(iso).toISOString().slice(11, 23)} UTC`;

/** A moment in the reader's zone and in UTC: "15:55:00 (14:55:00 UTC)". */
export function momentUtc(iso: string | null | undefined): string {
	if (!iso) return "–";
	return isUtc() ? `${moment(iso)} UTC` : `${moment(iso)} (${new Date(iso).toISOString().slice(11, 19)} UTC)`;
}

/** The reader's zone: "Europe/Berlin (GMT+1)". Intl knows the offset too, but is slower. */
export function zone(): string {
	const east = -new Date().getTimezoneOffset();
	const hours = Math.floor(Math.abs(east) / 60), minutes = Math.abs(east) % 60;
	const offset = east === 0 ? "" : `${east < 0 ? "-" : "+"}${hours}${minutes ? `:${String(minutes).padStart(2, "0")}` : ""}`;
	return `${dateFormat(TIME).resolvedOptions().timeZone} (GMT${offset})`;
}

const spans = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]] as const;

function largest(seconds: number): { n: number; unit: (typeof spans)[number][0] } {
	const [unit, size] = spans.find(([, s]) => seconds >= s) ?? ["second", 1];
	return { n: Math.round(seconds / size), unit };
}

/** A length of time in its largest whole unit: 5 days, 2 hours. */
export function span(seconds: number): string {
	const { n, unit } = largest(seconds);
	return numberText(n, { style: "unit", unit, unitDisplay: "long" });
}

/** The same with milliseconds, for what happened within a second. */
export function exact(iso: string): string {
	const at = new Date(iso);
	const time = dateText(at, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
	const today = at.toDateString() === new Date().toDateString();
	return today ? time : `${day(at)} ${time}`;
}

/** 2 hours ago. */
export function ago(seconds: number): string {
	const { n, unit } = largest(seconds);
	return new Intl.RelativeTimeFormat(local.value).format(-n, unit);
}

/** Microseconds as a person reads them: 184 ms, 2.1 s. */
export function duration(us: number): string {
	if (us < 10_000) return `${numberText(us / 1000, { maximumFractionDigits: 1 })} ms`;
	if (us < 1_000_000) return `${number(Math.round(us / 1000))} ms`;
	return `${numberText(us / 1_000_000, { maximumFractionDigits: 1 })} s`;
}

/** Microseconds in seconds: 0.18 s. */
export function seconds(us: number): string {
	return `${numberText(us / 1_000_000, { minimumFractionDigits: 2, maximumFractionDigits: 2 })} s`;
}

/** "at 14:02:05" of today, or "on 2 Dec". */
export function when(iso: string | null | undefined): string {
	if (!iso) return "";
	const at = new Date(iso);
	const today = at.toDateString() === new Date().toDateString();
	return today ? t("atTime", { time: moment(iso) }) : t("onDay", { day: day(at) });
}

/** A size as a person reads it: 1.2 GB. */
export function bytes(n: number): string {
	const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
	const step = Math.min(units.length - 1, n < 1000 ? 0 : Math.floor(Math.log10(n) / 3));
	const unit = units[step] ?? "byte";
	return numberText(n / 1000 ** step, { style: "unit", unit, maximumFractionDigits: 1 });
}
