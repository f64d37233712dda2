// The session of the person who signed in. The cookie is HttpOnly: the page knows the session only from GET /api/v2/session.
import { computed, effect, signal } from "@preact/signals";
import type { Schemas } from "./api";
import { kept } from "./ui/keep";

export type Scope = Schemas["Scope"];
export type Role = Schemas["Role"];
export type Session =
	| { state: "unknown" }
	| { state: "out"; expired: boolean; scopes?: Scope[]; role?: Role | null } // expired: the page stays, as for these scopes
	/** `name` is the person's or the API token's; a token has no role. */
	| { state: "in"; csrf: string; scopes: Scope[]; name: string; role: Role | null };

export const session = signal<Session>({ state: "unknown" });

/** Was somebody signed in when this browser showed the dashboard last? It only decides what loads before the server answers. */
export const signedInLast = kept("referd.signed-in", ["no", "yes"]);
effect(() => {
	const { state } = session.value;
	if (state !== "unknown") signedInLast.value = state === "in" ? "yes" : "no";
});

export const allows = (scope: Scope) => session.value.state !== "unknown" && (session.value.scopes ?? []).includes(scope);
export const canWrite = computed(() => allows("write"));
export const canAdmin = computed(() => allows("admin"));
/** The role of the person who is signed in; undefined for an API token. */
export const role = computed(() => (session.value.state !== "unknown" && session.value.role) || undefined);

/** Does the server know something else about the session than the page? */
export function differs(data: Schemas["Session"]): boolean {
	const now = session.value;
	return now.state !== "in" || now.csrf !== data.csrf_token || now.scopes.join() !== data.scopes.join();
}

export function enter(data: Schemas["Session"]): void {
	session.value = {
		state: "in", csrf: data.csrf_token, scopes: data.scopes, name: data.signed_in_as.name ?? "", role: data.role,
	};
}

/** The server says 401: the page stays as it is behind the sign-in form, so that typed text is kept. */
export function ended(): void {
	const now = session.value;
	if (now.state === "in") session.value = { state: "out", expired: true, scopes: now.scopes, role: now.role };
	else if (now.state === "unknown") session.value = { state: "out", expired: false };
}
