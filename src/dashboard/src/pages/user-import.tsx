// Importing people from a CSV file: first a dry run shows what would happen, and only then something is stored.
import { FileUp } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Problem, call, client, type Schemas } from "../api";
import { useLoad } from "../query";
import { filter, href, route } from "../route";
import { canWrite } from "../session";
import { needsText } from "../ui/needs";
import { Empty, Failed, Skeleton } from "../ui/parts";
import { Report } from "../user/import-report";
import { t } from "../words";

type Outcome = Schemas["UserImported"];

async function send(campaignId: string, file: File, dry: boolean): Promise<Outcome> {
	const params = { path: { id: campaignId }, query: dry ? { dry_run: "1" } : {} };
	/* The file itself is the body, so the browser streams it from the disk. */
	const request = client.POST("/api/v2/campaigns/{id}/users/import", {
		params,
		body: file as unknown as string,
		bodySerializer: (body: unknown) => body as File,
		headers: { "Content-Type": "text/csv" },
	});
	return (await call(request)).data;
}

function Drop({ chosen, choose }: { chosen: File | undefined; choose: (file: File) => void }) {
	const [over, setOver] = useState(false);
	const drop = (event: DragEvent) => {
		event.preventDefault();
		setOver(false);
		const file = event.dataTransfer?.files[0];
		if (file) choose(file);
	};
	return (
		<label
			class={over ? "drop over" : "drop"}
			onDragOver={(e) => {
				e.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={drop}
		>
			<FileUp size={24} aria-hidden />
			<span class="wrap">{chosen ? t("otherFile", { name: chosen.name }) : t("dropFile")}</span>
			<input
				type="file"
				accept=".csv,.tsv,.txt,text/csv"
				onChange={(e) => {
					const file = e.currentTarget.files?.[0];
					if (file) choose(file);
				}}
			/>
		</label>
	);
}

/** Runs the import, dry or not; the newest start wins. */
function useImport(campaignId: string) {
	const [file, setFile] = useState<File>();
	const [plan, setPlan] = useState<Outcome>();
	const [done, setDone] = useState<Outcome>();
	const [busy, setBusy] = useState<"plan" | "import">();
	const [problem, setProblem] = useState<Problem>();

	const run = (dry: boolean, wanted: () => boolean) => {
		if (!file || !campaignId) return;
		setBusy(dry ? "plan" : "import");
		setProblem(undefined);
		send(campaignId, file, dry)
			.then(
				(outcome) => wanted() && (dry ? setPlan : setDone)(outcome),
				(error: unknown) => {
					if (!(error instanceof Problem)) throw error;
					if (wanted()) setProblem(error);
				},
			)
			.finally(() => wanted() && setBusy(undefined));
	};
	useEffect(() => {
		let current = true;
		setPlan(undefined);
		setDone(undefined);
		run(true, () => current);
		return () => void (current = false);
	}, [file, campaignId]);
	return { file, setFile, plan, done, busy, problem, store: () => run(false, () => true), again: () => run(!plan, () => true) };
}

function Chosen({ campaign }: { campaign: Schemas["Campaign"] }) {
	const { file, setFile, plan, done, busy, problem, store, again } = useImport(String(campaign.id));
	const writes = plan ? plan.created + plan.qualified : 0;
	return (
		<>
			<Drop chosen={file} choose={setFile} />
			{!file && <p class="muted">{t("importColumns")}</p>}
			{problem && <Failed problem={problem} again={again} />}
			<div role="status" class="stack">
				{busy && <p>{t(busy === "plan" ? "checkingFile" : "importing", { name: file?.name ?? "" })}</p>}
				{done && file && <Report outcome={done} file={file} stored />}
				{plan && !done && file && <Report outcome={plan} file={file} />}
			</div>
			{done && (
				<div class="row">
					<a class="button primary" href={href("users", { campaign_id: campaign.id })}>{t("showUsers")}</a>
				</div>
			)}
			{plan && !done && (
				<div class="row">
					<button type="button" class="primary" disabled={busy !== undefined || writes === 0 || !canWrite.value} onClick={store}>
						{plan.created === 0 && writes > 0 ? t("importChanges") : t("importN", { n: plan.created })}
					</button>
					{writes === 0 && <span class="meta">{t("nothingToImport")}</span>}
				</div>
			)}
		</>
	);
}

export function ImportPage() {
	const { data, problem, reload } = useLoad("campaigns to import into", () =>
		call(client.GET("/api/v2/campaigns", { params: { query: { per_page: 250 } } })),
	);
	const wanted = route.value.query.get("campaign_id");
	const campaign = data?.data.find((c) => String(c.id) === wanted) ?? data?.data[0];
	return (
		<>
			<div class="title"><h1>{t("importUsers")}</h1></div>
			{problem && !data && <Failed problem={problem} again={reload} />}
			{!data && !problem && <Skeleton height={320} />}
			{data && !campaign && (
				<Empty>
					{t("campaignsEmpty")} <a href={href()}>{t("newCampaign")}</a>
				</Empty>
			)}
			{data && campaign && (
				<section class="panel stack importing">
					<div class="filter">
						<label for="import-campaign">{t("campaign")}</label>
						<select id="import-campaign" value={String(campaign.id)} onChange={(e) => filter({ campaign_id: e.currentTarget.value })}>
							{data.data.map((c) => (
								<option key={c.id} value={c.id}>{c.name}</option>
							))}
						</select>
					</div>
					{canWrite.value ? <Chosen campaign={campaign} /> : <p class="meta">{needsText("write")}</p>}
				</section>
			)}
		</>
	);
}
