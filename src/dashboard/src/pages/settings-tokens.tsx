// API tokens: each is shown once, when it is made.
import { useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { useLoad } from "../query";
import { canAdmin, type Scope } from "../session";
import { act, useSubmit } from "../ui/act";
import { takeFocus } from "../ui/field";
import { Copy, Failed, Moment, Skeleton } from "../ui/parts";
import { Question } from "../ui/question";
import { t } from "../words";

type Token = Schemas["Token"];

function NewToken({ made }: { made: (token: Token) => void }) {
	const [name, setName] = useState("");
	const [scope, setScope] = useState<Scope>("read");
	const { submit, busy, problem, again } = useSubmit(async () => {
		made((await call(client.POST("/api/v2/tokens", { body: { name, scopes: [scope] } }))).data);
		setName("");
	});
	return (
		<form class="panel stack" onSubmit={submit}>
			<h2>{t("newToken")}</h2>
			<div class="filters">
				<div class="filter">
					<label for="token-name">{t("tokenFor")}</label>
					<input id="token-name" required maxLength={100} value={name} onInput={(e) => setName(e.currentTarget.value)} />
				</div>
				<div class="filter">
					<label for="token-scope">{t("scope")}</label>
					<select id="token-scope" value={scope} onChange={(e) => setScope(e.currentTarget.value as Scope)}>
						<option value="read">{t("scopeRead")}</option>
						<option value="write">{t("scopeWrite")}</option>
						<option value="admin">{t("scopeAdmin")}</option>
					</select>
				</div>
				<button type="submit" aria-busy={busy} class="primary" disabled={!canAdmin.value}>
					{t("createToken")}
				</button>
			</div>
			{problem && <Failed problem={problem} again={again} />}
		</form>
	);
}

/** A revoked token cannot come back, so the button asks; the session's own token also signs out. */
function Revoke({ token, revoke }: { token: Token; revoke: () => Promise<void> }) {
	const [asked, setAsked] = useState(false);
	if (!asked)
		return (
			<button type="button" disabled={!canAdmin.value} onClick={() => setAsked(true)} aria-label={`${t("revoke")}: ${token.name}`}>
				{t("revoke")}
			</button>
		);
	return (
		<Question label={`${t("revoke")}: ${token.name}`} kind="revoke" text={t(token.current ? "revokeOwnAsk" : "revokeAsk")}
			back={() => setAsked(false)}>
			<button type="button" ref={takeFocus} onClick={() => void revoke()}>{t("revoke")}</button>
		</Question>
	);
}

export function Tokens() {
	const { data, problem, reload } = useLoad("tokens", () =>
		call(client.GET("/api/v2/tokens", { params: { query: { per_page: 250 } } })),
	);
	const [made, setMade] = useState<Token>();
	const revoke = async (token: Token) => {
		await act(async () => {
			await call(client.DELETE("/api/v2/tokens/{id}", { params: { path: { id: String(token.id) } } }));
			return t("revoked", { name: token.name });
		});
		reload();
	};
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={240} />;
	return (
		<>
			{made?.token && (
				<div class="notice hold" role="status">
					<span class="grow">
						{t("tokenOnce", { name: made.name })} <code>{made.token}</code>
					</span>
					<Copy text={made.token} />
				</div>
			)}
			<NewToken
				made={(token) => {
					setMade(token);
					reload();
				}}
			/>
			<section class="panel scroll" tabIndex={0} aria-label={t("tokensTab")}>
				<table class="table">
					<thead>
						<tr>
							<th>{t("name")}</th>
							<th>{t("scope")}</th>
							<th>{t("made")}</th>
							<th>{t("expires")}</th>
							<th>
								<span class="hidden-text">{t("revoke")}</span>
							</th>
						</tr>
					</thead>
					<tbody>
						{data.data.map((token) => (
							<tr key={token.id}>
								<td>
									<span class="cut">{token.name}</span>
									{token.current && <span class="meta">{t("thisSession")}</span>}
								</td>
								<td>{token.scopes.at(-1)}</td>
								<td data-label={t("made")}>
									<Moment at={token.created_at} />
								</td>
								<td data-label={t("expires")}>
									{token.expires_at ? <Moment at={token.expires_at} /> : t("never")}
								</td>
								<td class="number">
									<Revoke token={token} revoke={() => revoke(token)} />
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</section>
		</>
	);
}
