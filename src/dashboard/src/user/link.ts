// The address of a person's page.
import type { Schemas } from "../api";
import { href } from "../route";

/** A person, as the client's answers have it: they leave out a member that is always null. */
export type User = Omit<Schemas["User"], "promotion">;

const PAGES = ["new", "import", "review"];

/** A code from another system may be the name of a page, or may have only digits, which the API takes for an id. */
export function userHref(user: Pick<User, "id" | "code">): string {
	const { id, code } = user;
	return href("users", PAGES.includes(code) || /^\d+$/.test(code) ? id : code);
}

/** The name of a person, or the code of a person without a name. */
export function nameOf(user: Pick<User, "first_name" | "code">): string {
	return user.first_name || user.code;
}
