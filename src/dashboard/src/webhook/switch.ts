// Disabling and enabling: each is the other's undo.
import { Problem, call, client } from "../api";
import { problemText, say } from "../ui/parts";
import { t } from "../words";

const path = (id: number) => ({ params: { path: { id: String(id) } } });

export async function setEnabled(id: number, on: boolean, then: () => void): Promise<void> {
	try {
		if (on) await call(client.POST("/api/v2/webhooks/{id}/enable", path(id)));
		else await call(client.POST("/api/v2/webhooks/{id}/disable", path(id)));
		say(t(on ? "enabledAgain" : "disabledHeld"), () => void setEnabled(id, !on, then));
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		say(problemText(error));
	}
	then();
}
