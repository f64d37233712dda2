// The navigation: a column on wide screens, a bar at the top on tablets, a bar at the bottom on phones.
import { CircleUser, Ellipsis, Keyboard, LogOut, Search } from "lucide-preact";
import { leave } from "../pages/sign-in";
import { href, section } from "../route";
import { session } from "../session";
import { t } from "../words";
import { Dialog } from "./dialog";
import { overlay, paletteKey } from "./keys";
import { places } from "./places";
import { roleWords } from "./roles";

type Place = (typeof places)[number];

function PlaceLink({ place, Icon, phone }: Place) {
	return (
		<a
			class={phone ? "item" : "item wide"}
			href={place === "campaigns" ? href() : href(place)}
			aria-current={section.value === place ? "page" : undefined}
		>
			<Icon size={18} aria-hidden />
			{t(place)}
		</a>
	);
}

/** Shows who is signed in. For a person, it is a link to their own password; a token has no password. */
function Who() {
	const now = session.value;
	if (now.state !== "in") return null;
	const words = (
		<>
			<CircleUser size={18} aria-hidden />
			<span class="who-name">
				<span class="hidden-text">{t("signedInAs")} </span>
				<span class="cut">{now.name}</span>
				<span class="meta">{now.role ? t(roleWords[now.role]) : t("apiToken")}</span>
			</span>
		</>
	);
	return now.role ? (
		<a class="item who" href={href("settings", "people")}>
			{words}
		</a>
	) : (
		<div class="item who">{words}</div>
	);
}

export function Nav() {
	const more = places.some((p) => !p.phone && p.place === section.value);
	return (
		<nav class="nav" aria-label={t("navigation")}>
			<a class="brand" href={href()}>
				referd
			</a>
			<button type="button" class="find" onClick={() => (overlay.value = "palette")}>
				<Search size={16} aria-hidden />
				<span class="find-word">{t("find")}</span>
				<kbd aria-hidden="true">{paletteKey}</kbd>
			</button>
			{places.map((p) => (
				<PlaceLink key={p.place} {...p} />
			))}
			<button
				type="button"
				class={more ? "item more here" : "item more"}
				aria-haspopup="dialog"
				onClick={() => (overlay.value = "more")}
			>
				<Ellipsis size={18} aria-hidden />
				{t("more")}
			</button>
			<div class="foot">
				<Who />
				<button type="button" class="plain only-keys" onClick={() => (overlay.value = "keys")}>
					<Keyboard size={18} aria-hidden />
					{t("keys")}
				</button>
				<button type="button" class="plain" onClick={leave}>
					<LogOut size={18} aria-hidden />
					{t("signOut")}
				</button>
			</div>
		</nav>
	);
}

/** The places and actions for which the bars have no room. */
export function More() {
	const close = () => (overlay.value = undefined);
	return (
		<Dialog label={t("more")} kind="sheet" close={close}>
			<nav class="sheet-items" aria-label={t("more")} onClick={(e) => e.target !== e.currentTarget && close()}>
				{places.filter((p) => !p.phone).map((p) => (
					<PlaceLink key={p.place} {...p} />
				))}
			</nav>
			<div class="sheet-items" onClick={(e) => e.target instanceof Element && e.target.closest("a") && close()}>
				<Who />
				<button type="button" class="plain" onClick={() => (overlay.value = "palette")}>
					<Search size={18} aria-hidden />
					{t("find")}
				</button>
				<button type="button" class="plain only-keys" onClick={() => (overlay.value = "keys")}>
					<Keyboard size={18} aria-hidden />
					{t("keys")}
				</button>
				<button type="button" class="plain" onClick={() => void leave().then(close)}>
					<LogOut size={18} aria-hidden />
					{t("signOut")}
				</button>
			</div>
		</Dialog>
	);
}
