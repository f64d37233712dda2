// The words of the delivery pages, in German.
import type { enDeliveries } from "./deliveries.en";

type Same = { [K in keyof typeof enDeliveries]: (typeof enDeliveries)[K] extends string ? string : [string, string] };

export const deDeliveries: Same = {
	willRetry: "Versuch {attempt} ergab {outcome}. Der nächste ist um {time}, in {left}.",
	wasDelivered: "Versuch {attempt} ergab {status} in {time}. Der Empfänger hat dieses Ereignis.",
	wasExhausted: "Nach Versuch {attempt} ({outcome}) hat referd aufgegeben: {reason}",
	wasCancelled: "Diese Zustellung wurde abgebrochen.", waitsForEarlier: "Erst muss eine frühere Zustellung enden.",
	isHeld: "Der Webhook ist deaktiviert, deshalb wird nichts gesendet. Diese Zustellung wird gesendet, sobald du ihn aktivierst.",
	openWebhook: "Webhook öffnen", sendAgain: "Noch einmal senden", copyMessageId: "webhook-id kopieren",
	eventStored: "Ereignis gespeichert", rest: "Body", hex: "Hex", parts: "Anfrage oder Antwort",
	attemptKeys: "Tasten: 1 bis 9 öffnen einen Versuch, r die Anfrage, s die Antwort.",
	noResponseYet: "Es gab noch keinen Versuch.", noResponse: "Der Empfänger hat nicht geantwortet.",
	emptyResponse: "Die Antwort hat keinen Body.", first4k: "referd bewahrt die ersten 4 KiB einer Antwort auf.",
	requestGone: "Die Anfrage lässt sich nicht zeigen: Ereignis, Person oder Webhook gibt es nicht mehr.",
	requestMade: "Die Anfrage des letzten Versuchs, neu aus dem Ereignis erstellt, mit der aktuellen URL, den aktuellen Headern und dem aktuellen Geheimnis des Webhooks.",
	masked: "Geheime Werte sind für deine Rechte verdeckt.",
	eventsAndDeliveries: "Ereignisse und Zustellungen", change: "Ändern", notSent: "Nicht gesendet", olderEvents: "Ältere Ereignisse",
	noWebhookThen: "Für diese Kampagne gibt es keinen Webhook.",
	wantsOtherEvents: "Er will {event} nicht.", wantsOtherTypes: "Er will {type} nicht.",
	wantsOtherSources: "Er will keine Personen aus der Quelle {source}.",
	wantsOtherRule: "Er will eine andere Prämienregel.", madeLater: "Er wurde nach diesem Ereignis angelegt.",
	noDeliveryLeft: "Er will dieses Ereignis jetzt, bekam es damals aber nicht, oder die Zustellung ist älter als die Aufbewahrungszeit.",
	notForIt: "Das Ereignis ist nicht für diesen Webhook.",
	replayTitle: "Vergangene Ereignisse noch einmal senden", replaySince: "Von (leer: vom ersten an)",
	replayUntil: "Bis (leer: jetzt)", replayWhich: "Welche Ereignisse",
	choiceMissing: "Ohne Zustellung an diesen Webhook", choiceExhausted: "Aufgegeben", choiceCancelled: "Abgebrochen",
	choiceDelivered: "Schon zugestellt",
	replayAsk: ["{n} Ereignis noch einmal an {name} senden? Es behält seine webhook-id.", "{n} Ereignisse noch einmal an {name} senden? Jedes behält seine webhook-id."],
	replayNothing: "Keines der {all} Ereignisse dieser Zeit passt.", replayMore: "Es gibt mehr: nur 10.000 Ereignisse wurden gezählt.",
	replayButton: "{count} senden", replayNumber: "Wiederholung {number}", replayRunning: "Zustellungen werden eingereiht.",
	replayFinished: ["{n} Zustellung wurde eingereiht.", "{n} Zustellungen wurden eingereiht."],
	replayLookedAt: "Geprüfte Ereignisse", replayQueued: "Eingereihte Zustellungen", replayBegan: "Begonnen",
};
