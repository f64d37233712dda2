// Disabling and enabling: each is the other's undo.
import { call, client } from "../api";
import { act } from "../ui/act";
import { t } from "../words";

const path = (id: number) => ({ params: { path: { id: String(id) } } });

export async function setEnabled(id: number, on: boolean, then: () => void): Promise<void> {
	const change = async () => {
		if (on) await call(client.POST("/api/v2/webhooks/{id}/enable", path(id)));
		else await call(client.POST("/api/v2/webhooks/{id}/disable", path(id)));
		return t(on ? "enabledAgain" : "disabledHeld");
	};
	await act(change, () => void setEnabled(id, !on, then));
	then();
}
