// Days of a campaign are days in its own time zone.

/** The day of a moment in a time zone, as YYYY-MM-DD; empty without a moment. */
export function dayIn(zone: string, iso: string | null | undefined): string {
	if (!iso) return "";
	try {
		return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(iso));
	} catch {
		return iso.slice(0, 10); // this browser does not know the zone
	}
}

export const wordsIn = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** A name for programs, made of a label: "Company size" becomes company_size. */
export function idFrom(label: string, taken: string[]): string {
	const plain = label.normalize("NFKD").toLowerCase().replace(/ß/g, "ss").replace(/\p{M}/gu, "");
	const base = plain.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 60) || "field";
	let id = base;
	for (let n = 2; taken.includes(id); n++) id = `${base}_${n}`;
	return id;
}
