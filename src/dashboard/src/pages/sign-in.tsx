// Signing in with an API token. The session itself is an HttpOnly cookie.
import { useEffect, useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { ended, session } from "../session";
import { useSubmit } from "../ui/act";
import { takeFocus } from "../ui/field";
import { Failed } from "../ui/parts";
import { forgetShown } from "../ui/recent";
import { t } from "../words";

function enter(data: Schemas["Session"]): void {
	session.value = { state: "in", csrf: data.csrf_token, scopes: data.scopes };
}

/** Is there a session? At the start of the page, and when another tab may have signed in or out. Without an answer,
 * nothing changes, and the answer is false. */
export async function refresh(): Promise<boolean> {
	const answer = await call(client.GET("/api/v2/session")).catch(() => undefined);
	if (!answer) return false;
	const now = session.value;
	if (!answer.data) ended();
	else if (now.state !== "in" || now.csrf !== answer.data.csrf_token) enter(answer.data);
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

export function SignIn({ over = false }: { over?: boolean }) {
	const [token, setToken] = useState("");
	useFocusBack(over);
	const { submit, busy, problem, again } = useSubmit(async () => {
		enter((await call(client.POST("/api/v2/session", { body: { token: token.trim() } }))).data);
	});
	return (
		<form class={over ? "signin panel over" : "signin"} onSubmit={submit}>
			<h1>referd</h1>
			{over && <p>{t("sessionEnded")}</p>}
			<label>
				{t("apiToken")}
				<input
					type="password"
					autocomplete="current-password"
					ref={takeFocus}
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
			<button type="submit" aria-busy={busy} class="primary">
				{t("signIn")}
			</button>
		</form>
	);
}
