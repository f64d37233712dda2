// One person of the list: another role, another password, and removing, whose effect a panel states first.
import { useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import type { Role } from "../session";
import { act, useSubmit } from "../ui/act";
import { otherProblem, problemOf } from "../ui/field";
import { Failed, Moment, say } from "../ui/parts";
import { PasswordField } from "../ui/password-field";
import { roleTexts, roleWords, roles } from "../ui/roles";
import { t } from "../words";

type Operator = Schemas["Operator"];
interface Props {
	person: Operator;
	changed: () => void;
}
interface PanelProps extends Props {
	close: () => void;
}

const params = (person: Operator) => ({ path: { id: String(person.id) } });

function SetPassword({ person, changed, close }: PanelProps) {
	const [password, setPassword] = useState("");
	const { submit, busy, problem, again } = useSubmit(async () => {
		await call(client.PATCH("/api/v2/operators/{id}", { params: params(person), body: { password } }));
		say(t("passwordSetFor", { name: person.name }));
		close();
		changed();
	});
	const other = otherProblem(problem, ["password"]);
	return (
		<form class="stack person-form" autocomplete="off" onSubmit={submit}>
			<PasswordField id={`password-${person.id}`} label={t("setPasswordOf", { name: person.name })} value={password}
				change={setPassword} problem={problemOf(problem, "password")}
				help={person.current ? t("passwordHelp") : `${t("passwordHelp")} ${t("setPasswordEffect", { name: person.name })}`} />
			{other && <Failed problem={other} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy}>{t("setPassword")}</button>
				<button type="button" onClick={close}>
					{t("cancel")}
				</button>
			</div>
		</form>
	);
}

function Remove({ person, changed, close }: PanelProps) {
	const remove = async () => {
		await act(async () => {
			await call(client.DELETE("/api/v2/operators/{id}", { params: params(person) }));
			return t("personRemoved", { name: person.name });
		});
		changed();
	};
	return (
		<div class="notice bad" role="group" aria-label={t("removeName", { name: person.name })}>
			<span class="grow">
				{t("removeAsk", { name: person.name })} {person.current && t("removeYourself")}
			</span>
			<button type="button" onClick={remove}>
				{t("removeName", { name: person.name })}
			</button>
			<button type="button" onClick={close}>
				{t("cancel")}
			</button>
		</div>
	);
}

/** Sets the role, and offers the way back. */
async function setRole(person: Operator, role: Role, changed: () => void): Promise<void> {
	await act(
		async () => {
			await call(client.PATCH("/api/v2/operators/{id}", { params: params(person), body: { role } }));
			return t("roleChanged", { name: person.name, role: t(roleWords[role]) });
		},
		() => void setRole(person, person.role, changed),
	);
	changed();
}

export function PersonRow({ person, changed }: Props) {
	const [open, setOpen] = useState<"password" | "remove">();
	const panel = { person, changed, close: () => setOpen(undefined) };
	return (
		<>
			<tr>
				<td>
					<span class="cut">{person.name}</span>
					{person.current && <span class="meta">{t("you")}</span>}
				</td>
				<td>
					<select
						aria-label={`${t("role")}: ${person.name}`}
						value={person.role}
						onChange={(e) => void setRole(person, e.currentTarget.value as Role, changed)}
					>
						{roles.map((role) => (
							<option key={role} value={role}>
								{t(roleWords[role])}
							</option>
						))}
					</select>
					<span class="meta block">{t(roleTexts[person.role])}</span>
				</td>
				<td data-label={t("passwordSet")}>
					<Moment at={person.password_changed_at} />
				</td>
				<td class="number">
					<span class="row">
						<button type="button" aria-label={`${t("setPassword")}: ${person.name}`} onClick={() => setOpen("password")}>
							{t("setPassword")}
						</button>
						<button type="button" aria-label={`${t("removePerson")}: ${person.name}`} onClick={() => setOpen("remove")}>
							{t("removePerson")}
						</button>
					</span>
				</td>
			</tr>
			{open && (
				<tr class="person-panel">
					<td colSpan={4}>{open === "password" ? <SetPassword {...panel} /> : <Remove {...panel} />}</td>
				</tr>
			)}
		</>
	);
}
