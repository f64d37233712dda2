// What the server says of a webhook while it is typed: the request that it would send, what is wrong, what matches.
import { useEffect, useState } from "preact/hooks";
import { Problem, call, client, type Schemas } from "../api";
import { live } from "../live";
import { aboutField } from "../said";
import { type Draft, bodyOf, selectionOf } from "./draft";

const PAUSE_MS = 300;

interface Answer<T> {
	key: string;
	data: T | undefined;
	problem: Problem | undefined;
}

/** Asks once the typing pauses, and again when the key changes. An empty key asks nothing. */
function useAnswer<T>(key: string, ask: () => Promise<T>): { answer: Answer<T> | undefined; last: T | undefined } {
	const [answer, setAnswer] = useState<Answer<T>>();
	const [last, setLast] = useState<T>();
	// Without an answer, it asks again when the server is back.
	const unanswered = answer?.problem?.status === 0;
	useEffect(() => {
		if (key === "") return;
		let late = false;
		const timer = setTimeout(() => {
			ask().then(
				(data) => {
					if (late) return;
					setAnswer({ key, data, problem: undefined });
					setLast(data);
				},
				(error: unknown) => {
					if (!(error instanceof Problem)) throw error;
					if (!late) setAnswer({ key, data: undefined, problem: error });
				},
			);
		}, PAUSE_MS);
		return () => {
			late = true;
			clearTimeout(timer);
		};
	}, [key, unanswered && live.value]);
	return { answer, last };
}

export interface Live {
	request: Schemas["WebhookPreview"] | undefined; // of the last valid settings
	stale: boolean;
	problems: Map<string, string>; // by member of the webhook; empty until the server has looked
	looked: boolean; // the server has judged what is on the screen now
	failed: Problem | undefined; // it could not judge
}

/** What a refusal says of each member. */
export function problemsOf(problem: Problem | undefined): Map<string, string> {
	const fields = problem?.status === 422 ? Object.entries(problem.fields) : [];
	const text = (name: string, all: { message: string }[]) => {
		const message = all.map((e) => e.message).join(", ");
		return name === "url" ? message : aboutField(name, message); // the endpoint explains its URL itself
	};
	return new Map(fields.map(([name, all]) => [name, text(name, all)]));
}

/** Only somebody who may write gets a signed request. */
export function useLive(draft: Draft, user: string, may: boolean): Live {
	const { name: _, ...body } = bodyOf(draft);
	const asks = may && draft.events.length > 0 && body.url !== "" && draft.types.length > 0;
	const key = asks ? JSON.stringify([body, user]) : "";
	const { answer, last } = useAnswer(key, async () => {
		const query = user === "" ? {} : { user_id: user };
		return (await call(client.POST("/api/v2/webhooks/preview", { params: { query }, body }))).data;
	});
	const refused = answer?.problem?.status === 422;
	return {
		request: last,
		stale: last !== undefined && (answer?.data === undefined || !asks),
		problems: asks ? problemsOf(answer?.problem) : new Map(),
		looked: asks && answer?.key === key && (answer.data !== undefined || refused),
		failed: answer?.problem !== undefined && !refused ? answer.problem : undefined,
	};
}

export function useMatches(draft: Draft): Schemas["WebhookMatches"] | undefined {
	const body = selectionOf(draft);
	const asks = draft.events.length > 0 && draft.types.length > 0;
	const { last } = useAnswer(asks ? JSON.stringify(body) : "", async () => {
		return (await call(client.POST("/api/v2/webhooks/matches", { body }))).data;
	});
	return asks ? last : undefined;
}
