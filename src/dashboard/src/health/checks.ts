// The normal ranges of a server, and the advice for a value outside its range. The numbers come from the API.
import type { Schemas } from "../api";
import { href } from "../route";
import { ago, bytes, duration, number, span, t } from "../words";
import type { Words } from "../words/en";

type Server = Schemas["Server"];

export interface Check {
	word: keyof Words;
	now: string; // empty: unknown
	state: "normal" | "watch" | "outside" | "unknown";
	normal: keyof Words;
	advice: keyof Words;
	/** How an unknown value becomes known. */
	learn?: keyof Words;
	/** Where the advice is followed. */
	link?: string;
}

const MS = 1000;
const DAY_MS = 86_400_000;
const GROWTH_MS = 3_600_000; // a shorter time says little about a day
const COMMITS = 100; // fewer say little about 99 of 100

/** Above `watch`, a value deserves a look; above `outside`, an action. */
function above(value: number, watch: number, outside: number): Check["state"] {
	if (value > outside) return "outside";
	return value > watch ? "watch" : "normal";
}

function disk({ bytes: used, disk_bytes: size, disk_free_bytes: free }: Server["database"]): Check[] {
	const room = size === null || free === null ? undefined : free / size;
	const share = size === null || used === null ? undefined : used / size;
	return [
		{
			word: "healthDatabase", normal: "healthDatabaseNormal", advice: "healthDatabaseAdvice", learn: "healthDiskLearn",
			now: used === null ? "" : bytes(used),
			state: share === undefined ? "unknown" : above(share, 0.4, 0.6),
		},
		{
			word: "healthFree", normal: "healthFreeNormal", advice: "healthFreeAdvice", learn: "healthDiskLearn",
			now: free === null || size === null ? "" : t("healthOf", { part: bytes(free), whole: bytes(size) }),
			state: room === undefined ? "unknown" : above(1 - room, 0.8, 0.9),
		},
	];
}

/** How much the database grows in a day, as far as this server has seen it. */
function growth({ bytes: now, earlier_bytes: before, earlier_at, disk_free_bytes: free }: Server["database"], at: number): Check {
	const age = earlier_at === null ? 0 : at - Date.parse(earlier_at);
	const known = now !== null && before !== null && age >= GROWTH_MS;
	const daily = known ? Math.max(0, ((now - before) / age) * DAY_MS) : 0;
	const daysLeft = free === null || daily === 0 ? Infinity : free / daily;
	return {
		word: "healthGrowth", normal: "healthGrowthNormal", advice: "healthGrowthAdvice",
		learn: now === null ? "healthDiskLearn" : "healthGrowthLearn",
		now: known ? t("healthGrowthNow", { size: bytes(daily), span: span(age / 1000) }) : "",
		state: known ? above(-daysLeft, -90, -14) : "unknown",
	};
}

function commits({ count, failed, p50_us, p99_us }: Server["commits"]): Check[] {
	const known = p50_us !== null && p99_us !== null;
	const judged = known && count >= COMMITS;
	return [
		{
			word: "healthCommit", normal: "healthCommitNormal", advice: "healthCommitAdvice", learn: "healthCommitLearn",
			now: known ? t("healthPercentiles", { half: duration(p50_us), most: duration(p99_us) }) : t("healthNoCommit"),
			state: judged ? above(Math.max(p50_us, p99_us / 10), 10 * MS, 50 * MS) : "unknown",
		},
		{
			word: "healthFailed", normal: "healthNone", advice: "healthFailedAdvice",
			now: t("healthOf", { part: number(failed), whole: number(count + failed) }), state: above(failed, 0, 0),
		},
	];
}

function deliveries({ pending, held, exhausted }: Server["deliveries"]): Check[] {
	return [
		{
			word: "healthPending", normal: "healthPendingNormal", advice: "healthPendingAdvice",
			now: number(pending), state: above(pending, 1000, 10_000), link: href("deliveries", { status: "pending" }),
		},
		{
			word: "held", normal: "healthNone", advice: "healthHeldAdvice",
			now: number(held), state: above(held, 0, 10_000), link: href("webhooks"),
		},
		{
			word: "exhausted", normal: "healthNone", advice: "healthExhaustedAdvice",
			now: number(exhausted), state: above(exhausted, 0, 100), link: href("deliveries", { status: "exhausted" }),
		},
	];
}

function backup(at: string | null, now: number): Check {
	const age = at === null ? undefined : Math.max(0, now - Date.parse(at));
	return {
		word: "healthBackup", normal: "healthBackupNormal", advice: "healthBackupAdvice", learn: "healthBackupLearn",
		now: age === undefined ? "" : ago(age / 1000),
		state: age === undefined ? "unknown" : above(age, DAY_MS, 7 * DAY_MS),
	};
}

export function checks(server: Server, now: number): Check[] {
	return [
		{
			word: "healthUptime", normal: "healthUptimeNormal", advice: "healthUptimeAdvice",
			now: span(server.uptime_seconds), state: "normal",
		},
		...disk(server.database),
		growth(server.database, now),
		...commits(server.commits),
		{
			word: "healthQueue", normal: "healthQueueNormal", advice: "healthQueueAdvice",
			now: number(server.queued), state: above(server.queued, 1000, 8000),
		},
		...deliveries(server.deliveries),
		backup(server.database.backup_at, now),
	];
}
