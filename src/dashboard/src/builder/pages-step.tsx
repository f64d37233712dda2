// Step 4: the words and the look of the pages, and the message that people send to their friends.
import { t } from "../words";
import type { Work } from "./draft";
import { Look } from "./look";
import { OwnWords } from "./own-words";
import { PageText } from "./page-text";

export function PagesStep({ work }: { work: Work }) {
	return (
		<>
			<Look work={work} />
			<fieldset class="stack">
				<legend>{t("viewJoin")}</legend>
				<PageText work={work} name="headline" />
				<PageText work={work} name="body" lines={3} />
				<PageText work={work} name="button" />
				<PageText work={work} name="terms_url" placeholder="https://shop.example/terms" />
			</fieldset>
			<fieldset class="stack">
				<legend>{t("viewFriend")}</legend>
				<PageText work={work} name="offer" hint={t("offerHint")} placeholder={t("offerExample")} />
				<PageText work={work} name="invited_headline" hint={t("asJoin")} />
				<PageText work={work} name="invited_body" lines={3} />
			</fieldset>
			<fieldset class="stack">
				<legend>{t("viewClosed")}</legend>
				<PageText work={work} name="closed_headline" />
				<PageText work={work} name="closed_body" lines={3} />
				<PageText work={work} name="home_url" hint={t("homeHint")} placeholder="https://shop.example/" />
			</fieldset>
			<fieldset class="stack">
				<legend>{t("shareTitle")}</legend>
				<PageText work={work} name="share_subject" />
				<PageText work={work} name="share_text" lines={3} hint={t("shareHint")} />
				<PageText work={work} name="share_image_url" hint={t("shareImageHint")}
					placeholder="https://shop.example/preview.jpg" />
			</fieldset>
			<OwnWords work={work} />
		</>
	);
}
