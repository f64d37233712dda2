// The session of the person who signed in. The cookie is HttpOnly: the page knows the session only from GET /api/v2/session.
import { computed, signal } from "@preact/signals";

export type Scope = "read" | "write" | "admin";
export type Session =
	| { state: "unknown" }
	| { state: "out"; expired: boolean; scopes?: Scope[] } // expired: the page stays, as for these scopes
	| { state: "in"; csrf: string; scopes: Scope[] };

export const session = signal<Session>({ state: "unknown" });

export const can = (scope: Scope) =>
	computed(() => session.value.state !== "unknown" && (session.value.scopes ?? []).includes(scope));
export const canWrite = can("write");
export const canAdmin = can("admin");

/** The server says 401: the page stays as it is behind the sign-in form, so that typed text is kept. */
export function ended(): void {
	if (session.value.state === "in") session.value = { state: "out", expired: true, scopes: session.value.scopes };
	else if (session.value.state === "unknown") session.value = { state: "out", expired: false };
}
