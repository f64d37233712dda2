// Step 3: where an invited friend goes after joining, with which values in the address.
import { t } from "../words";
import { type Param, type Work, PARAMS, changesOf, edit, faultOf } from "./draft";
import { TextField } from "./field";
import { PageText } from "./page-text";

const EXAMPLES: Record<Param, string> = {
	code: "uK3fTz9Q", first_name: "Byron", email: "byron@example.com", referrer_first_name: "Jessica",
};
const WORDS = {
	code: "paramCode", first_name: "paramFirstName", email: "paramEmail", referrer_first_name: "paramReferrer",
} as const satisfies Record<Param, string>;

/** The address that Byron would get; empty while the URL is not one. */
function exampleOf(url: string, params: Record<Param, string>): string {
	try {
		const address = new URL(url);
		for (const p of PARAMS) if (params[p].trim()) address.searchParams.set(params[p].trim(), EXAMPLES[p]);
		return address.href;
	} catch {
		return "";
	}
}

function Redirect({ work }: { work: Work }) {
	const { redirect_url, params, pass_params } = work.draft.value;
	const problem = work.problem.value;
	const changes = changesOf(work);
	const example = exampleOf(redirect_url, params);
	return (
		<>
			<TextField label={t("redirectUrl")} type="url" value={redirect_url} placeholder="https://shop.example/welcome"
				set={(v) => edit(work, { redirect_url: v })} unsaved={"redirect" in changes}
				fault={faultOf(problem, "redirect", "url") ?? faultOf(problem, "redirect")} />
			<fieldset class="stack">
				<legend>{t("paramsTitle")}</legend>
				<p class="meta">{t("paramsHint")}</p>
				<div class="columns">
					{PARAMS.map((p) => (
						<TextField key={p} label={t(WORDS[p])} value={params[p]} max={64}
							set={(v) => edit(work, { params: { ...params, [p]: v } })} />
					))}
				</div>
			</fieldset>
			{example && (
				<p class="stack-tight">
					<span class="meta">{t("redirectExample")}</span>
					<code class="bytes">{example}</code>
				</p>
			)}
			<TextField label={t("passParams")} hint={t("passParamsHint")} value={pass_params}
				set={(v) => edit(work, { pass_params: v })} unsaved={"pass_params" in changes}
				fault={faultOf(problem, "pass_params")} />
		</>
	);
}

export function AfterStep({ work }: { work: Work }) {
	const { redirects } = work.draft.value;
	return (
		<>
			<fieldset class="stack">
				<legend>{t("afterTitle")}</legend>
				<label class="check">
					<input type="radio" name="after" checked={!redirects} onChange={() => edit(work, { redirects: false })} />
					{t("afterThanks")}
				</label>
				<label class="check">
					<input type="radio" name="after" checked={redirects} onChange={() => edit(work, { redirects: true })} />
					{t("afterRedirect")}
				</label>
			</fieldset>
			{redirects && <Redirect work={work} />}
			<PageText work={work} name="thanks_headline" />
			<PageText work={work} name="thanks_body" lines={3} hint={redirects ? t("thanksStill") : undefined} />
		</>
	);
}
