// People who sign in with a name and a password: who may do what. Everybody sees their own password here.
import { useState } from "preact/hooks";
import { call, client } from "../api";
import { AddPerson } from "../people/add";
import { OwnPassword } from "../people/own-password";
import { PersonRow } from "../people/person-row";
import { useLoad } from "../query";
import { canAdmin, role } from "../session";
import { needsText } from "../ui/needs";
import { Empty, Failed, Skeleton } from "../ui/parts";
import { t } from "../words";
import { refresh } from "./sign-in";

function List() {
	const { data, problem, reload } = useLoad("people", () =>
		call(client.GET("/api/v2/operators", { params: { query: { per_page: 250 } } })),
	);
	const [adding, setAdding] = useState(false);
	// The change may be about the person who is signed in.
	const changed = () => {
		void refresh();
		reload();
	};
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={240} />;
	return (
		<>
			{adding ? (
				<AddPerson
					cancel={() => setAdding(false)}
					added={() => {
						setAdding(false);
						reload();
					}}
				/>
			) : (
				<div class="row apart">
					<p>{t("peopleText")}</p>
					<button type="button" class="primary" onClick={() => setAdding(true)}>
						{t("addPerson")}
					</button>
				</div>
			)}
			{data.data.length === 0 ? (
				!adding && <Empty>{t("peopleEmpty")}</Empty>
			) : (
				<section class="panel scroll" tabIndex={0} aria-label={t("peopleTab")}>
					<table class="table people">
						<thead>
							<tr>
								<th>{t("personName")}</th>
								<th>{t("role")}</th>
								<th>{t("passwordSet")}</th>
								<th>
									<span class="hidden-text">{t("actions")}</span>
								</th>
							</tr>
						</thead>
						<tbody>
							{data.data.map((person) => (
								<PersonRow key={person.id} person={person} changed={changed} />
							))}
						</tbody>
					</table>
				</section>
			)}
		</>
	);
}

export function People() {
	return (
		<>
			{canAdmin.value ? <List /> : <p class="muted">{needsText("admin")}</p>}
			{role.value && <OwnPassword />}
		</>
	);
}
