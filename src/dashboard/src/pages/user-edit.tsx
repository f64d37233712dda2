// Changing a person: name, address, the fields of the form, and whether they get mail.
import { useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { act, useSubmit } from "../ui/act";
import { Field, otherProblem, problemOf } from "../ui/field";
import { Failed, say } from "../ui/parts";
import { MetaFields, changedMeta, fieldsFor, type Values } from "../user/meta-fields";
import type { User } from "../user/link";
import { t } from "../words";

type Change = Schemas["UserUpdate"];

const MEMBERS = ["first_name", "email"];

const valuesOf = (user: User): Values => Object.fromEntries(user.meta.map((m) => [m.field, m.value]));

const put = (user: User, body: Change) =>
	call(client.PUT("/api/v2/users/{id}", { params: { path: { id: String(user.id) } }, body }));

/** The members that differ, and the same members with their stored values, for undo. */
function compare(user: User, name: string, email: string, unsubscribed: boolean, meta: Change["meta"] & object) {
	const change: Change = {};
	const back: Change = {};
	const before = valuesOf(user);
	if (name !== user.first_name) [change.first_name, back.first_name] = [name, user.first_name];
	if (email !== user.email) [change.email, back.email] = [email, user.email];
	const was = user.unsubscribed_time !== null;
	if (unsubscribed !== was) [change.unsubscribed, back.unsubscribed] = [unsubscribed, was];
	if (meta.length > 0) {
		change.meta = meta;
		back.meta = meta.map(({ field }) => ({ field, value: before[field] ?? "" }));
	}
	return { change, back };
}

interface Props {
	user: User;
	campaign: Schemas["Campaign"] | undefined;
	done: () => void;
	changed: () => void;
}

export function EditUser({ user, campaign, done, changed }: Props) {
	const [name, setName] = useState(user.first_name);
	const [email, setEmail] = useState(user.email);
	const [unsubscribed, setUnsubscribed] = useState(user.unsubscribed_time !== null);
	const [values, setValues] = useState(valuesOf(user));
	const fields = fieldsFor(campaign, user.type === "person_invited");
	const undo = (back: Change) => void act(() => put(user, back).then(changed));
	const { submit, busy, problem, again } = useSubmit(async () => {
		const meta = changedMeta(fields, valuesOf(user), values);
		const { change, back } = compare(user, name.trim(), email.trim(), unsubscribed, meta);
		if (Object.keys(change).length > 0) {
			await put(user, change);
			say(t("userSaved"), () => undo(back));
			changed();
		}
		done();
	});
	const other = otherProblem(problem, MEMBERS);

	return (
		<form class="panel stack" onSubmit={submit} noValidate>
			<h2>{t("editUser")}</h2>
			<div class="fields">
				<Field id="user-name" label={t("firstName")} value={name} change={setName} autofocus maxLength={200}
					problem={problemOf(problem, "first_name")} />
				<Field id="user-email" label={t("email")} type="email" value={email} change={setEmail}
					problem={problemOf(problem, "email")} />
				<MetaFields fields={fields} values={values} set={setValues} />
			</div>
			<label class="check">
				<input type="checkbox" checked={unsubscribed} onChange={(e) => setUnsubscribed(e.currentTarget.checked)} />
				{t("wantsNoMail")}
			</label>
			{other && <Failed problem={other} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy} class="primary">{t("save")}</button>
				<button type="button" onClick={done}>{t("cancel")}</button>
			</div>
		</form>
	);
}
