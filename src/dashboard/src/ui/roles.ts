// The roles of people, from the smallest to the largest, and their words.
import type { Role } from "../session";
import type { Words } from "../words/en";

export const roles: readonly Role[] = ["viewer", "editor", "admin"];
export const roleWords: Record<Role, keyof Words> = { viewer: "roleViewer", editor: "roleEditor", admin: "roleAdmin" };
/** A sentence for each role. */
export const roleTexts: Record<Role, keyof Words> = {
	viewer: "roleViewerText", editor: "roleEditorText", admin: "roleAdminText",
};
