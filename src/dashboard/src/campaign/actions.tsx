// The Actions menu of a campaign, as users of the original know it.
import { useState } from "preact/hooks";
import type { Schemas } from "../api";
import { auditHref } from "../audit";
import { href } from "../route";
import { canAdmin, canWrite } from "../session";
import { Menu, MenuItem } from "../ui/menu";
import { say } from "../ui/parts";
import { t } from "../words";
import { duplicate, setState } from "./change";
import { QrDialog } from "./qr";

interface Props {
	campaign: Schemas["Campaign"];
	changed: () => void;
}

async function copyLink(url: string): Promise<void> {
	await navigator.clipboard.writeText(url);
	say(t("copied"));
}

export function CampaignActions({ campaign: c, changed }: Props) {
	const [qr, setQr] = useState(false);
	const set = (status: Schemas["CampaignStatus"]) => () => void setState(c, status, changed);
	const off = !canWrite.value;
	return (
		<>
			<Menu label={t("actions")} name={c.name}>
				<MenuItem to={href("campaigns", c.id, "edit", "settings")}>{t("edit")}</MenuItem>
				<MenuItem to={href("webhooks", "new", { campaign: c.id })}>{t("addWebhook")}</MenuItem>
				<MenuItem act={() => void copyLink(c.url)}>{t("copyLink")}</MenuItem>
				<MenuItem act={() => setQr(true)}>{t("qrCode")}</MenuItem>
				<MenuItem act={() => void duplicate(c)} disabled={off}>
					{t("duplicate")}
				</MenuItem>
				{c.status === "launched" ? (
					<MenuItem act={set("paused")} disabled={off}>
						{t("pause")}
					</MenuItem>
				) : (
					<MenuItem act={set("launched")} disabled={off}>
						{t("launch")}
					</MenuItem>
				)}
				{c.status !== "archived" && (
					<MenuItem act={set("archived")} disabled={off}>
						{t("archive")}
					</MenuItem>
				)}
				{canAdmin.value && <MenuItem to={auditHref("campaign", c.id)}>{t("showChanges")}</MenuItem>}
			</Menu>
			{qr && <QrDialog campaign={c} close={() => setQr(false)} />}
		</>
	);
}
