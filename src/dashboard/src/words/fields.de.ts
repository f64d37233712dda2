// The names of the API's fields, in German.
import type { fieldsEn } from "./fields.en";

export const fieldsDe: typeof fieldsEn = {
	name: "Name", url: "URL", event: "Ereignis", events: "Ereignisse", types: "Personen", sources: "Quellen",
	campaign_id: "Kampagne", method: "Methode", format: "Format", ordered: "Reihenfolge", fields: "Felder",
	hidden_fields: "Verborgene Felder", headers: "Header", connect_timeout_ms: "Zeit zum Verbinden",
	timeout_ms: "Zeit zum Antworten", concurrency: "Anfragen zugleich", rate_limit: "Versuche je Sekunde",
	disable_after_seconds: "Deaktivieren", retry_schedule: "Wiederholungen", success_statuses: "Akzeptierte Status",
	first_name: "Vorname", email: "E-Mail", code: "Code", referrer: "Empfohlen von", source: "Quelle",
	order_id: "Bestellnummer", amount: "Betrag", refund_amount: "Erstattung", currency: "Währung", percent: "Prozent",
	token: "API-Token", scopes: "Recht", expires_at: "Ablauf", since: "Von", until: "Bis", user_id: "Person",
	webhook_id: "Webhook", codes: "Codes", status: "Status",
};
