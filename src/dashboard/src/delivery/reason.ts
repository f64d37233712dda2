// Why an attempt failed, in plain words. The API's code stays beside them for engineers.
import type { Schemas } from "../api";
import { said } from "../said";
import { t } from "../words";
import type { Words } from "../words/en";

export type AttemptError = Schemas["AttemptError"];

/** A failed attempt, as far as a page knows it. `host` is the host of the webhook, if the page knows it. */
export interface Failure {
	error: AttemptError | null;
	status: number | null;
	detail?: string | null | undefined;
	host?: string | undefined;
}

/** A new code of the API without words does not compile. */
const SHORT: Record<AttemptError, keyof Words> = {
	dns: "failedDns", connect: "failedConnect", tls: "failedTls", timeout: "failedTimeout", protocol: "failedProtocol",
	policy: "failedPolicy", status: "failedStatus",
};
const SENTENCE: Record<AttemptError, keyof Words> = {
	dns: "becauseDns", connect: "becauseConnect", tls: "becauseTls", timeout: "becauseTimeout",
	protocol: "becauseProtocol", policy: "becausePolicy", status: "becauseStatus",
};

const STATUSES: Record<number, keyof Words> = {
	401: "because401", 403: "because403", 404: "because404", 405: "because405", 410: "because410", 413: "because413",
	422: "because422", 429: "because429",
};

/** For a line of a list: "500", or "Name not resolved (dns)". Without a failure: the status. */
export function outcomeText({ error, status }: Failure): string {
	if (error === null || error === "status") return status === null ? "" : String(status);
	return [status, `${t(SHORT[error])} (${error})`].filter((part) => part !== null).join(" ");
}

/** "The name crm.example could not be resolved.", or what a status means. */
export function becauseOf({ error, status, host }: Failure): string {
	if (error === null) return "";
	const word = (error === "status" && status !== null ? STATUSES[status] : undefined) ?? SENTENCE[error];
	return t(word, { host: host || t("theReceiver"), status: String(status ?? "") });
}

/** For engineers: "dns: no such name". */
export function codeOf({ error, status, detail }: Failure): string {
	const parts = [status, error === "status" ? null : error, detail && said(detail)];
	return parts.filter((part) => part !== null && part !== undefined && part !== "").join(" · ");
}

export function hostOf(url: string): string {
	return /^[a-z]+:\/\/(\[[^\]]*\]|[^/:?#]*)/i.exec(url)?.[1] ?? url;
}
