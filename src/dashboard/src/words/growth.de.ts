// The words of the numbers: campaigns by day, troubles, what waits; in German.
import type { enGrowth } from "./growth.en";

type Words = { [K in keyof typeof enGrowth]: (typeof enGrowth)[K] extends string ? string : [string, string] };

export const deGrowth: Words = {
	becameDue: "Fällige Prämien",
	cannotSend: "{name} kann nicht senden: {reason}.",
	failingSince: ["{name} ist seit {time} gestört: {error}. {n} Zustellung wartet.", "{name} ist seit {time} gestört: {error}. {n} Zustellungen warten."],
	poolOf: ["Der Gutscheinvorrat von {name} ist leer; {n} Prämie wartet.", "Der Gutscheinvorrat von {name} ist leer; {n} Prämien warten."],
	peopleToReview: ["{n} verdächtige Person wartet auf deine Prüfung, und mit ihr die Prämien, die sie ausgelöst hat.",
		"{n} verdächtige Personen warten auf deine Prüfung, und mit ihnen die Prämien, die sie ausgelöst haben."],
	getsNothing: "{name} bekommt nichts. {reason}", lastGivenUp: "Die letzte Zustellung an {name} wurde aufgegeben ({time}): {error}.",
	refusesMessages: "{name} lehnt die Nachricht ab: {error}, zuletzt {time}.",
	moreNotices: ["{n} weiterer Hinweis", "{n} weitere Hinweise"],
	moreTroubles: ["{n} weiterer Webhook braucht dich.", "{n} weitere Webhooks brauchen dich."],
	joinsOfDays: ["{n} Beitritt in den letzten {days} Tagen", "{n} Beitritte in den letzten {days} Tagen"],
	period: "Zeitraum", nDays: ["{n} Tag", "{n} Tage"], chartShows: "Das Diagramm zeigt", periodBefore: "davor: {value}",
	showLess: "Weniger zeigen", allDays: ["{n} Tag zeigen", "Alle {n} Tage zeigen"],
	chartOf: ["{what} nach Tagen, {n} Tag", "{what} nach Tagen, {n} Tage"],
	thisPeriod: "Dieser Zeitraum", beforePeriod: ["Der Tag davor", "Die {n} Tage davor"], daysIn: "Tage in {zone}",
	allTime: "Seit dem Beginn: {joins} Beitritte, {referrals} Empfehlungen, {qualified} qualifiziert.",
	noReferrerYet: "Noch niemand hat andere mitgebracht. Der eigene Link steht auf der Seite nach dem Beitritt.",
	everyDelivery: "Alle Zustellungen",
	issue: "Ausgeben", cancelReward: "Stornieren", cancelledHere: "im Dashboard storniert", toRules: "Regeln ansehen",
	keptText: "Deine ungespeicherten Änderungen von vorher sind hier.",
	takeBackWaits: ["{n} ausgegebene Prämie ist zurückzufordern.", "{n} ausgegebene Prämien sind zurückzufordern."], showIssued: "Anzeigen",
	rewardCancelled: "Storniert",
	ruleWhen: "Verdient", ruleWho: "Prämie", endRule: "Regel beenden", ruleEnded: "{name} ist beendet.",
	endRuleEffect: "Die Regel erzeugt keine Prämien mehr. Fällige Prämien bleiben fällig. Eine Regel ohne Prämien und Gutscheine wird gelöscht, mit dem Webhook, der an sie gebunden ist. Das lässt sich nicht rückgängig machen.",
	ruleOnJoin: "wenn jemand beitritt", ruleOnQualify: "wenn ein Freund kauft",
	ruleForReferrer: "für die Person, die eingeladen hat", ruleForFriend: "für den Freund",
	rulesCreate: "Regeln erzeugen Prämien, wenn jemand beitritt oder kauft.",
	noPool: "Der Gutscheinvorrat ist leer. Lade Codes hoch, damit jede neue Prämie einen Gutschein bekommt.",
	fileUnreadable: "Der Browser kann die Datei nicht mehr lesen. Wähle sie noch einmal.",
};
