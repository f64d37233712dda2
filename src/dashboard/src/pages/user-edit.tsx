// Changing a person: name, address, the fields of the form, and whether they get mail.
import { useState } from "preact/hooks";
import { Problem, type Schemas, call, client, versioned } from "../api";
import { merge, take } from "../merge";
import { act, useSubmit } from "../ui/act";
import { type Conflict, ConflictPanel } from "../ui/conflict";
import { Field, otherProblem, problemOf } from "../ui/field";
import { Failed, say } from "../ui/parts";
import { MetaFields, changedMeta, fieldsFor, type Values } from "../user/meta-fields";
import type { User } from "../user/link";
import { t } from "../words";

type Change = Schemas["UserUpdate"];

const MEMBERS = ["first_name", "email", "code"];

const valuesOf = (user: User): Values => Object.fromEntries(user.meta.map((m) => [m.field, m.value]));

interface Form {
	first_name: string;
	email: string;
	code: string;
	unsubscribed: boolean;
	meta: Values;
}

const formOf = (user: User): Form => ({
	first_name: user.first_name, email: user.email, code: user.code, unsubscribed: user.unsubscribed_time !== null, meta: valuesOf(user),
});

/** What differs, as the body of a change. */
function changeOf(fields: Schemas["FormField"][], before: Form, after: Form): Change {
	const change: Change = {};
	const [name, email] = [after.first_name.trim(), after.email.trim()];
	if (name !== before.first_name) change.first_name = name;
	if (email !== before.email) change.email = email;
	if (after.code.trim() !== before.code) change.code = after.code.trim();
	if (after.unsubscribed !== before.unsubscribed) change.unsubscribed = after.unsubscribed;
	const meta = changedMeta(fields, before.meta, after.meta);
	if (meta.length > 0) change.meta = meta;
	return change;
}

/** The same members with the values that they had, for undo. */
function backOf(change: Change, before: Form): Change {
	const plain = Object.fromEntries(Object.keys(change).map((name) => [name, before[name as keyof Form]]));
	return { ...plain, ...(change.meta && { meta: change.meta.map(({ field }) => ({ field, value: before.meta[field] ?? "" })) }) };
}

const put = (id: number, body: Change, etag = "*") =>
	call(client.PUT("/api/v2/users/{id}", { params: { path: { id: String(id) }, header: { "If-Match": etag } }, body }));

interface Props {
	user: User;
	etag: string;
	campaign: Schemas["Campaign"] | undefined;
	done: () => void;
	changed: () => void;
}

/** The form, and what it began with: the page behind it follows the changes of others. */
function useForm({ user, etag, campaign, done, changed }: Props) {
	const [base, setBase] = useState({ form: formOf(user), etag });
	const [form, setForm] = useState(base.form);
	const [conflict, setConflict] = useState<Conflict<Form>>();
	const fields = fieldsFor(campaign, user.type === "person_invited");
	const send = async (from: typeof base, mine: Form) => {
		const change = changeOf(fields, from.form, mine);
		if (Object.keys(change).length > 0) {
			await put(user.id, change, from.etag);
			const back = backOf(change, from.form);
			say(t("userSaved"), () => void act(() => put(user.id, back).then(changed)));
			changed();
		}
		done();
	};
	const sending = useSubmit(async () => {
		try {
			await send(base, form);
		} catch (error) {
			if (!(error instanceof Problem && error.status === 412)) throw error;
			const params = { path: { id: String(user.id) } };
			const now = await versioned(client.GET("/api/v2/users/{id}", { params }));
			const theirs = { form: formOf(now.data), etag: now.etag };
			const { merged, both } = merge(base.form, form, theirs.form);
			setBase(theirs);
			setForm(merged);
			setConflict(both.length > 0 ? { both, theirs: theirs.form } : undefined);
			if (both.length === 0) await send(theirs, merged);
		}
	});
	const takeTheirs = () => {
		if (conflict) setForm(take(form, conflict.theirs, conflict.both));
		setConflict(undefined);
	};
	return { form, set: (part: Partial<Form>) => setForm({ ...form, ...part }), fields, conflict, takeTheirs, ...sending };
}

export function EditUser(props: Props) {
	const { form, set, fields, conflict, takeTheirs, submit, busy, problem, again } = useForm(props);
	const other = otherProblem(problem, MEMBERS);
	const label = (member: string) => {
		if (member === "code") return t("ownCode");
		if (member === "first_name" || member === "email") return t(member === "email" ? "email" : "firstName");
		return fields.find((f) => `meta.${f.id}` === member)?.label ?? t("wantsNoMail");
	};
	return (
		<form class="panel stack" onSubmit={submit} noValidate>
			<h2>{t("editUser")}</h2>
			<div class="fields">
				<Field id="user-name" label={t("firstName")} value={form.first_name} change={(first_name) => set({ first_name })} autofocus
					maxLength={200} problem={problemOf(problem, "first_name")} />
				<Field id="user-email" label={t("email")} type="email" value={form.email} change={(email) => set({ email })}
					problem={problemOf(problem, "email")} />
				<Field id="user-code" label={t("ownCode")} value={form.code} change={(code) => set({ code })} maxLength={64}
					problem={problemOf(problem, "code")} />
				<MetaFields fields={fields} values={form.meta} set={(meta) => set({ meta })} />
			</div>
			<label class="check">
				<input type="checkbox" checked={form.unsubscribed} onChange={(e) => set({ unsubscribed: e.currentTarget.checked })} />
				{t("wantsNoMail")}
			</label>
			{conflict && (
				<ConflictPanel conflict={conflict} label={label} busy={busy} keepMine={() => submit(new Event("submit"))} takeTheirs={takeTheirs} />
			)}
			{other && <Failed problem={other} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy} class="primary">{t("save")}</button>
				<button type="button" onClick={props.done}>{t("cancel")}</button>
			</div>
		</form>
	);
}
