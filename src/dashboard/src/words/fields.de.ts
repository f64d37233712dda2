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
	lang: "Sprache", timezone: "Zeitzone", starts_at: "Beginn", ends_at: "Ende", existing: "Erneuter Beitritt",
	test_mode: "Testmodus", redirect: "Seite nach dem Beitritt", pass_params: "Weitergegebene Parameter", pages: "Texte",
	logo_url: "Logo", colour: "Farbe", origins: "Seiten", description: "Beschreibung", metric: "Art der Prämie",
	recipient: "Empfänger", trigger: "Anlass", type: "Wiederholung", cap: "Höchster Betrag", every: "Alle",
	thresholds: "Meilensteine", repeat: "Für jede Bestellung", max_per_user: "Grenze je Freund",
	auto_issue: "Automatische Ausgabe", hold_days: "Wartezeit", reason: "Grund", meta: "Formularfelder",
	qualified: "Qualifiziert", unsubscribed: "Abgemeldet", state: "Zustand",
	webhook_id: "Webhook", codes: "Codes", status: "Status", role: "Rolle", password: "Passwort",
	current_password: "Aktuelles Passwort",
};
