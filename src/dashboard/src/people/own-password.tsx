// The person who is signed in changes their own password.
import { useState } from "preact/hooks";
import { call, client } from "../api";
import { useSubmit } from "../ui/act";
import { otherProblem, problemOf } from "../ui/field";
import { Failed, say } from "../ui/parts";
import { PasswordField } from "../ui/password-field";
import { t } from "../words";

export function OwnPassword() {
	const [current, setCurrent] = useState("");
	const [password, setPassword] = useState("");
	const { submit, busy, problem, again } = useSubmit(async () => {
		await call(client.POST("/api/v2/session/password", { body: { current_password: current, password } }));
		setCurrent("");
		setPassword("");
		say(t("passwordChanged"));
	});
	const other = otherProblem(problem, ["current_password", "password"]);
	return (
		<form class="panel stack person-form" aria-labelledby="own-password" onSubmit={submit}>
			<h2 id="own-password">{t("yourPassword")}</h2>
			<PasswordField id="current-password" label={t("currentPassword")} value={current} change={setCurrent} present
				problem={problemOf(problem, "current_password")} />
			<PasswordField id="own-new-password" label={t("newPassword")} value={password} change={setPassword}
				problem={problemOf(problem, "password")} help={t("passwordHelp")} />
			{other && <Failed problem={other} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy}>{t("changePassword")}</button>
			</div>
		</form>
	);
}
