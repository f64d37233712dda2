// Adding a person: name, role and a first password.
import { useState } from "preact/hooks";
import { call, client } from "../api";
import type { Role } from "../session";
import { useSubmit } from "../ui/act";
import { Field, otherProblem, problemOf } from "../ui/field";
import { Failed, say } from "../ui/parts";
import { PasswordField } from "../ui/password-field";
import { roleTexts, roleWords, roles } from "../ui/roles";
import { t } from "../words";

function RoleChoice({ value, change }: { value: Role; change: (role: Role) => void }) {
	return (
		<fieldset class="bare stack">
			<legend>{t("role")}</legend>
			{roles.map((role) => (
				<label key={role} class="check">
					<input type="radio" name="role" checked={value === role} onChange={() => change(role)} />
					<span>
						{t(roleWords[role])}
						<span class="meta block">{t(roleTexts[role])}</span>
					</span>
				</label>
			))}
		</fieldset>
	);
}

export function AddPerson({ added, cancel }: { added: () => void; cancel: () => void }) {
	const [name, setName] = useState("");
	const [role, setRole] = useState<Role>("viewer");
	const [password, setPassword] = useState("");
	const { submit, busy, problem, again } = useSubmit(async () => {
		const { data } = await call(client.POST("/api/v2/operators", { body: { name, role, password } }));
		say(t("personAdded", { name: data.name }));
		added();
	});
	const other = otherProblem(problem, ["name", "password"]);
	return (
		<form class="panel stack person-form" aria-label={t("addPerson")} autocomplete="off" onSubmit={submit}>
			<h2>{t("addPerson")}</h2>
			<Field id="person-name" label={t("personName")} value={name} change={setName} required maxLength={100} autofocus
				problem={problemOf(problem, "name")} />
			<RoleChoice value={role} change={setRole} />
			<PasswordField id="person-password" label={t("password")} value={password} change={setPassword}
				problem={problemOf(problem, "password")} help={`${t("passwordHelp")} ${t("passwordChangeable")}`} />
			{other && <Failed problem={other} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy} class="primary">
					{t("addPerson")}
				</button>
				<button type="button" onClick={cancel}>
					{t("cancel")}
				</button>
			</div>
		</form>
	);
}
