// Erasing a person: the only change that needs typing, because nothing brings the person back.
import { useState } from "preact/hooks";
import { call, client } from "../api";
import { go } from "../route";
import { useSubmit } from "../ui/act";
import { Field } from "../ui/field";
import { Failed, say } from "../ui/parts";
import { type User, nameOf } from "../user/link";
import { t } from "../words";

export function EraseUser({ user, done }: { user: User; done: () => void }) {
	const [typed, setTyped] = useState("");
	const { submit, busy, problem, again } = useSubmit(async () => {
		if (typed.trim() !== user.code) return;
		await call(client.DELETE("/api/v2/users/{id}", { params: { path: { id: String(user.id) } } }));
		say(t("userErased"));
		go("users");
	});
	return (
		<form class="panel stack" onSubmit={submit}>
			<h2>{t("eraseUser", { name: nameOf(user) })}</h2>
			<p>{t("eraseEffect")}</p>
			<div class="fields">
				<Field id="erase-code" label={t("typeToErase", { code: user.code, name: nameOf(user) })} value={typed} change={setTyped} autofocus />
			</div>
			{problem && <Failed problem={problem} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy} class="danger" disabled={typed.trim() !== user.code}>{t("erase")}</button>
				<button type="button" onClick={done}>{t("cancel")}</button>
			</div>
		</form>
	);
}
