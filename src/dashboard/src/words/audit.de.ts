// The words of the audit list, in German.
import type { enAudit } from "./audit.en";

export const deAudit: Record<keyof typeof enAudit, string> = {
	"campaign.create": "Erstellt", "campaign.update": "Geändert", "campaign.delete": "Gelöscht",
	"campaign.import": "Personen importiert", "webhook.create": "Erstellt", "webhook.update": "Geändert",
	"webhook.delete": "Gelöscht", "webhook.enable": "Aktiviert", "webhook.disable": "Deaktiviert",
	"webhook.rotate_secret": "Geheimnis ersetzt", "webhook.test": "Test gesendet",
	"webhook.replay": "Frühere Ereignisse erneut gesendet", "delivery.resend": "Erneut gesendet",
	"reward_rule.create": "Erstellt", "reward_rule.update": "Geändert", "reward_rule.delete": "Gelöscht",
	"reward_rule.add_coupons": "Gutscheine hinzugefügt", "reward.issue": "Ausgegeben", "reward.cancel": "Storniert",
	"reward.update": "Geändert", "user.create": "Hinzugefügt", "user.update": "Geändert",
	"user.qualify": "Qualifiziert", "user.refund": "Erstattet", "user.review": "Prüfung entschieden",
	"user.erase": "Gelöscht", "token.create": "Erstellt", "token.revoke": "Widerrufen",
	"operator.create": "Hinzugefügt", "operator.update": "Geändert", "operator.delete": "Entfernt",
	"settings.rotate_inbound_token": "Token für Käufe ersetzt",
	"settings.rotate_inbound_secret": "Geheimnis für Käufe ersetzt", object_campaign: "Kampagne",
	object_webhook: "Webhook", object_delivery: "Zustellung", object_reward_rule: "Prämienregel",
	object_reward: "Prämie", object_user: "Person", object_token: "API-Token", object_operator: "Mitglied",
	object_settings: "Einstellungen", auditTab: "Protokoll", auditWho: "Wer", auditWhat: "Was", auditObject: "Objekt",
	auditEmpty: "Änderungen erscheinen hier.", auditNoMatch: "Keine Änderung passt. Entferne einen Filter.",
	showChanges: "Änderungen", actorToken: "Widerrufenes Token {number}", actorOperator: "Entferntes Mitglied {number}",
	actorCommand: "Kommandozeile", actorInbound: "Eingehender Webhook",
};
