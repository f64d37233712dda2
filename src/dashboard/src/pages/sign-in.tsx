// Signing in: with an API token, or as a person with a name and a password. The session itself is an HttpOnly cookie.
import { useEffect, useState } from "preact/hooks";
import { call, client } from "../api";
import { differs, ended, enter, session } from "../session";
import { useSubmit } from "../ui/act";
import { takeFocus } from "../ui/field";
import { kept } from "../ui/keep";
import { Failed } from "../ui/parts";
import { forgetShown } from "../ui/recent";
import { t } from "../words";

/** How this browser signed in last: it opens the form for people at once. */
const lastWay = kept("referd.sign-in", ["token", "person"]);

/** Is there a session? At the start of the page, and when another tab may have signed in or out. Without an answer,
 * nothing changes, and the answer is false. */
export async function refresh(): Promise<boolean> {
	const before = session.peek();
	const answer = await call(client.GET("/api/v2/session")).catch(() => undefined);
	if (!answer) return false;
	if (session.peek() !== before) return true; // somebody has signed in or out since the request
	if (!answer.data) ended();
	else if (differs(answer.data)) enter(answer.data);
	return true;
}

export async function leave(): Promise<void> {
	await call(client.DELETE("/api/v2/session")).catch(() => undefined);
	session.value = { state: "out", expired: false };
	forgetShown();
}

/** Gives the focus back to the element that had it when the form came over the page. */
function useFocusBack(over: boolean): void {
	const [before] = useState(() => (over ? document.activeElement : null));
	useEffect(() => () => void setTimeout(() => before instanceof HTMLElement && before.focus()), []);
}

function WithToken({ quiet }: { quiet: boolean }) {
	const [token, setToken] = useState("");
	const { submit, busy, problem, again } = useSubmit(async () => {
		const { data } = await call(client.POST("/api/v2/session", { body: { token: token.trim() } }));
		lastWay.value = "token";
		enter(data);
	});
	return (
		<form class="stack" onSubmit={submit}>
			<label>
				{t("apiToken")}
				<input
					type="password"
					autocomplete="current-password"
					ref={quiet ? null : takeFocus}
					required
					value={token}
					onInput={(e) => setToken(e.currentTarget.value)}
					aria-describedby="token-help"
				/>
			</label>
			<p class="meta" id="token-help">
				{t("signInHelp")}
			</p>
			{problem && <Failed problem={problem} again={again} />}
			<button type="submit" aria-busy={busy} class={quiet ? "" : "primary"}>
				{t("signIn")}
			</button>
		</form>
	);
}

function AsPerson() {
	const [name, setName] = useState("");
	const [password, setPassword] = useState("");
	const { submit, busy, problem, again } = useSubmit(async () => {
		const { data } = await call(client.POST("/api/v2/session", { body: { name, password } }));
		lastWay.value = "person";
		enter(data);
	});
	return (
		<form class="stack" id="sign-in-person" onSubmit={submit}>
			<label>
				{t("personName")}
				<input
					ref={takeFocus}
					name="username"
					autocomplete="username"
					autocapitalize="none"
					spellcheck={false}
					required
					value={name}
					onInput={(e) => setName(e.currentTarget.value)}
				/>
			</label>
			<label>
				{t("password")}
				<input
					type="password"
					name="password"
					autocomplete="current-password"
					required
					value={password}
					onInput={(e) => setPassword(e.currentTarget.value)}
				/>
			</label>
			{problem && <Failed problem={problem} again={again} />}
			<button type="submit" aria-busy={busy} class="primary">
				{t("signIn")}
			</button>
		</form>
	);
}

export function SignIn({ over = false }: { over?: boolean }) {
	const [asPerson, setAsPerson] = useState(lastWay.value === "person");
	useFocusBack(over);
	const forms = (
		<>
			<h1>referd</h1>
			{over && <p>{t("sessionEnded")}</p>}
			<WithToken quiet={asPerson} />
			<button
				type="button"
				class="plain"
				aria-expanded={asPerson}
				aria-controls={asPerson ? "sign-in-person" : undefined}
				onClick={() => setAsPerson(!asPerson)}
			>
				{t("withNameAndPassword")}
			</button>
			{asPerson && <AsPerson />}
		</>
	);
	return over ? <div class="signin panel over">{forms}</div> : <main class="signin">{forms}</main>;
}
