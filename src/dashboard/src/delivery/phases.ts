// The steps of an attempt: how long each took, and why a step has no time.
import type { Schemas } from "../api";

type Attempt = Pick<Schemas["Attempt"], "duration_us" | "error" | "reused_connection">;

export type Step = "dns" | "connect" | "tls" | "firstByte" | "rest";
/** A step that did not happen, or in which the attempt ended. */
export type How = "notReached" | "notNeeded" | "keptConnection" | "endedHere";

export interface Phase {
	step: Step;
	us: number;
	how: How | undefined;
}

/** Which step an error ends; a timeout ends the first step that has no time. */
const ENDS = { dns: 0, policy: 0, connect: 1, tls: 2, protocol: 3 } as const;

function endOf(a: Attempt, times: number[]): number {
	if (a.error === null || a.error === "status") return times.length;
	if (a.error === "timeout") return times.findLastIndex((us) => us > 0) + 1;
	return Math.max(ENDS[a.error], times.findLastIndex((us) => us > 0));
}

export function phasesOf(a: Attempt): Phase[] {
	const { dns, connect, tls, first_byte, total } = a.duration_us;
	const times = [dns, connect, tls, first_byte];
	const rest = Math.max(0, total - dns - connect - tls - first_byte);
	const end = endOf(a, times);
	const steps = (["dns", "connect", "tls", "firstByte"] as const).map((step, i): Phase => {
		const us = times[i] ?? 0;
		if (i === end) return { step, us: us + rest, how: "endedHere" };
		if (us > 0) return { step, us, how: undefined };
		if (i > end) return { step, us, how: "notReached" };
		return { step, us, how: a.reused_connection ? "keptConnection" : "notNeeded" };
	});
	return end < steps.length || rest === 0 ? steps : [...steps, { step: "rest", us: rest, how: undefined }];
}
