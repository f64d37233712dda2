// What the server says, in the reader's language. The server speaks English; its known texts have translations, and an
// unknown text stays as the server said it.
import { serverWords } from "./words";

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A key with `{1}` as a pattern whose first group is that part. */
function patternOf(key: string): RegExp {
	return new RegExp(`^${key.split(/\{\d\}/).map(literal).join("([^]+)")}$`);
}

const patterns = new WeakMap<object, [RegExp, string][]>();

function patternsOf(table: Record<string, string>): [RegExp, string][] {
	const known = patterns.get(table);
	if (known) return known;
	const made = Object.entries(table).filter(([key]) => /\{\d\}/.test(key)).map(([key, text]): [RegExp, string] => [patternOf(key), text]);
	patterns.set(table, made);
	return made;
}

/** The server says what is wrong inside a list: 'has an invalid field "age": it is required'. */
const INSIDE = /^(has an invalid (?:field )?"?\w+"?: it )([^]*)$/;

export function said(text: string): string {
	const table = serverWords().said;
	const inside = INSIDE.exec(text);
	if (inside) return `${inside[1]}${said(inside[2] ?? "")}`;
	const exact = table[text];
	if (exact !== undefined) return exact;
	for (const [pattern, translation] of patternsOf(table)) {
		const found = pattern.exec(text);
		if (found) return translation.replace(/\{(\d)\}/g, (_, n: string) => found[Number(n)] ?? "");
	}
	return text;
}

/** "Name is required": the server's text about a field goes on after the field's name. */
export function aboutField(field: string, text: string): string {
	const names: Record<string, string> = serverWords().fields;
	return `${names[field] ?? field} ${text}`;
}
