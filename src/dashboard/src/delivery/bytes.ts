// Requests and responses as bytes: as text, and as a hex dump.
import type { Schemas } from "../api";

type Request = NonNullable<Schemas["DeliveryWithLog"]["request"]>;
type Attempt = Schemas["Attempt"];

export function bytesOfText(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

/** What the receiver got, from its first line to its body. */
export function requestText(request: Request): string {
	const url = new URL(request.url);
	const headers = request.headers.map((h) => `${h.name}: ${h.value}`).join("\n");
	return `${request.method.toUpperCase()} ${url.pathname}${url.search} HTTP/1.1\n${headers}\n\n${request.body}`;
}

/** The stored beginning of a response: its bytes, and its text if it is text. */
export function responseBytes(attempt: Attempt): { bytes: Uint8Array; text: string | undefined } {
	if (attempt.answer_base64 === undefined) {
		const text = attempt.answer ?? "";
		return { bytes: bytesOfText(text), text };
	}
	return { bytes: Uint8Array.from(atob(attempt.answer_base64), (c) => c.charCodeAt(0)), text: undefined };
}

const LINE = 16;

function hexLine(bytes: Uint8Array, at: number): string {
	const line = [...bytes.subarray(at, at + LINE)];
	const hex = line.map((b) => b.toString(16).padStart(2, "0")).join(" ");
	const text = line.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ".")).join("");
	return `${at.toString(16).padStart(4, "0")}  ${hex.padEnd(3 * LINE - 1)}  ${text}`;
}

/** "0000  7b 22 61 22 3a 31 7d ..  {"a":1}" */
export function hexDump(bytes: Uint8Array): string {
	const lines = [];
	for (let at = 0; at < bytes.length; at += LINE) lines.push(hexLine(bytes, at));
	return lines.join("\n");
}
