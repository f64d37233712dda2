// The QR code of a campaign's link: as SVG from the server, and as PNG, which the browser draws from it.
import { useEffect, useRef } from "preact/hooks";
import { type Schemas, base } from "../api";
import { say } from "../ui/parts";
import { t } from "../words";

const PNG_SIZE = 1024;

async function toPng(svg: string): Promise<Blob> {
	const image = new Image(PNG_SIZE, PNG_SIZE);
	image.src = svg;
	await image.decode();
	const canvas = document.createElement("canvas");
	canvas.width = canvas.height = PNG_SIZE;
	const pen = canvas.getContext("2d");
	if (!pen) throw new Error("no canvas");
	pen.imageSmoothingEnabled = false;
	pen.fillStyle = "#fff";
	pen.fillRect(0, 0, PNG_SIZE, PNG_SIZE);
	pen.drawImage(image, 0, 0, PNG_SIZE, PNG_SIZE);
	return new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error("no image"))), "image/png"));
}

function download(blob: Blob, name: string): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function QrDialog({ campaign, close }: { campaign: Schemas["Campaign"]; close: () => void }) {
	const dialog = useRef<HTMLDialogElement>(null);
	const svg = `${base}/${encodeURIComponent(campaign.code)}/qr-code`;
	useEffect(() => dialog.current?.showModal(), []);
	const png = () => toPng(svg).then((blob) => download(blob, `${campaign.code}.png`), () => say(t("noPng")));
	return (
		<dialog ref={dialog} class="panel dialog" onClose={close} aria-labelledby="qr-title">
			<div class="stack">
				<h2 id="qr-title">{t("qrCode")}</h2>
				<img class="qr" src={svg} width={224} height={224} alt={t("qrAlt", { url: campaign.url })} />
				<p class="mono">{campaign.url}</p>
				<div class="row">
					<a class="button" href={`${svg}?download=1`} download={`${campaign.code}.svg`}>
						{t("downloadSvg")}
					</a>
					<button type="button" onClick={() => void png()}>
						{t("downloadPng")}
					</button>
					<button type="button" onClick={() => dialog.current?.close()}>
						{t("close")}
					</button>
				</div>
			</div>
		</dialog>
	);
}
