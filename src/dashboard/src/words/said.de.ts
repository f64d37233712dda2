// What the server says, in German: its own text leads to the German one. `{1}`, `{2}` … stand for what changes. A text
// about a field goes on after the name of the field ("Name fehlt"). A test compares the keys with the server's sources.
export const saidDe: Record<string, string> = {
	"is required": "fehlt",
	"is required: send the id of a campaign": "fehlt: Wähle eine Kampagne",
	"is required: say what the token is for": "fehlt: Schreib, wofür das Token ist",
	"is required: send a list of read, write, admin": "fehlt: Wähle read, write oder admin",
	"is required: send an API token, or a name and a password": "fehlt: Gib ein API-Token ein, oder Name und Passwort",
	"is required: the person signs in with it": "fehlt: Damit meldet man sich an",
	"is required: at least 12 characters": "fehlt: mindestens 12 Zeichen",
	"is wrong: type the password with which you sign in now": "ist falsch: Gib das Passwort ein, mit dem du dich jetzt anmeldest",
	"must have at least 12 characters: several words are easy to remember":
		"braucht mindestens 12 Zeichen: Mehrere Wörter merkt man sich leicht",
	"must have at most 256 bytes": "ist zu lang: höchstens 256 Bytes",
	"the name or the password is wrong: check both; an admin can set another password":
		"Name oder Passwort ist falsch. Prüfe beide; die Verwaltung kann ein anderes Passwort setzen.",
	"an operator has this name already (upper and lower case are the same): choose another name, or change that operator":
		"Diesen Namen gibt es schon; Groß- und Kleinschreibung zählt nicht. Wähle einen anderen Namen.",
	"there are already 200 operators, the maximum: remove an operator first": "Mehr als 200 Mitglieder sind nicht möglich: Entferne zuerst eines.",
	"too many passwords wait to be checked: try again in a second": "Zu viele Anmeldungen warten. Versuch es gleich noch einmal.",
	"too many failed sign-ins from this address (limit: --miss-rate per minute): try again after the seconds in Retry-After":
		"Zu viele falsche Anmeldungen von dieser Adresse. Versuch es in einer Minute noch einmal.",
	"the server could not check the password: try again; its log says why":
		"Der Server konnte das Passwort nicht prüfen. Versuch es noch einmal; sein Log sagt, warum.",
	"this call needs the role editor: ask an admin to change your role": "Dafür brauchst du die Rolle Bearbeitung: Bitte die Verwaltung darum.",
	"this call needs the role admin: ask an admin to change your role": "Dafür brauchst du die Rolle Verwaltung: Bitte die Verwaltung darum.",
	"is required: amount, commission, coupon or custom": "fehlt: Betrag, Provision, Gutschein oder etwas anderes",
	"is required, for example user.join or user.qualified": "fehlt, zum Beispiel user.join oder user.qualified",
	"is too long": "ist zu lang",
	"is too long: send at most {1}": "ist zu lang: höchstens {1}",
	"is too large: the largest is {1}": "ist zu groß: höchstens {1}",
	"is already in use: choose another code": "ist schon vergeben: Wähle einen anderen Code",
	"is reserved for a path of this server: choose another code": "ist für eine Adresse dieses Servers reserviert: Wähle einen anderen Code",
	"is in the future": "liegt in der Zukunft",
	"is not a field of this call": "kennt dieser Aufruf nicht",
	"is not a field of this campaign": "ist kein Feld dieser Kampagne",
	"is not a user of this campaign: check the referrer's id, code or e-mail address":
		"ist keine Person dieser Kampagne: Prüfe ihre Nummer, ihren Code oder ihre E-Mail-Adresse",
	"is not the id of a campaign: leave it out for all campaigns": "gibt es nicht mehr: Wähle eine andere Kampagne oder alle",
	"is the address of the link's owner: nobody can refer themselves": "gehört der Person des Links: Niemand kann sich selbst empfehlen",
	"is the referrer's own address: nobody can refer themselves": "gehört der empfehlenden Person: Niemand kann sich selbst empfehlen",
	"is for invited users only, and this user has no referrer": "gibt es nur für Eingeladene, und diese Person hat niemand eingeladen",
	"is only for refunds: send qualified=false with it": "gibt es nur bei Erstattungen",
	"is less than the earlier refund of this order: send the total refunded so far, not the difference":
		"ist weniger als die frühere Erstattung: Gib die Summe aller Erstattungen dieser Bestellung an",
	"is more than the amount of the order: send the total refunded so far, at most that amount":
		"ist mehr als der Betrag der Bestellung: höchstens dieser Betrag",
	"is not the currency of the order: send the refund in the currency of the order": "ist nicht die Währung der Bestellung",
	"is not the currency of any commission rule of this campaign: send the amount in the currency of a rule":
		"ist nicht die Währung einer Provisionsregel dieser Kampagne",
	"must be a decimal number such as 49.90": "muss eine Zahl wie 49.90 sein",
	"must be a number above 0 and at most 100, with at most two decimals": "muss eine Zahl über 0 und bis 100 sein, mit höchstens zwei Nachkommastellen",
	"must be text": "muss Text sein",
	"must be true or false": "muss ja oder nein sein",
	"must be a colour such as #1a2b3c": "muss eine Farbe wie #1a2b3c sein",
	"must be a date such as 2026-11-23": "muss ein Tag wie 2026-11-23 sein",
	"must be after since": "muss nach dem Anfang liegen",
	"must be the id of a campaign": "muss eine Kampagne sein",
	"must be the id of a webhook": "muss ein Webhook sein",
	"must be the id of a user": "muss eine Person sein",
	"must be in the future, or null for a token that does not expire": "muss in der Zukunft liegen oder leer sein",
	"must be one of the webhook's events": "muss eines der Ereignisse des Webhooks sein",
	"must be at most 200 bytes without control characters": "darf höchstens 200 Bytes und keine Steuerzeichen haben",
	"must be query for GET, because GET has no body: use query, or another method":
		"muss bei GET „Query“ sein, denn GET hat keinen Body: Wähle Query oder eine andere Methode",
	"is always JSON for webhook.disabled and delivery.exhausted, and JSON needs a body: use POST, PUT or PATCH":
		"ist für webhook.disabled und delivery.exhausted immer JSON, und das braucht einen Body: Wähle POST, PUT oder PATCH",
	"must be a number from 1 to 256, or null for the default": "muss eine Zahl von 1 bis 256 sein; leer gilt der Standard",
	"must be a number of attempts a second from 1 to 10000, or null for the default":
		"muss eine Zahl von 1 bis 10000 sein; leer gilt der Standard",
	"must be a number of seconds from 3600 to 2592000, or null for the default":
		"muss zwischen einer Stunde und 30 Tagen liegen; leer gilt der Standard",
	"must be a list of 1 to 32 delays in seconds, or null for the default": "darf 1 bis 32 Pausen haben; leer gilt der Standard",
	"must be a list of whole seconds, each from 1 to 604800": "muss aus Pausen von einer Sekunde bis 7 Tage bestehen",
	"must be a list of at most 32 HTTP statuses, for example [302,409]": "darf höchstens 32 Status haben, zum Beispiel 302, 409",
	"must be a list of HTTP statuses from 200 to 599, for example [302,409]; 2xx always counts as delivered":
		"muss aus HTTP-Status von 200 bis 599 bestehen, zum Beispiel 302, 409; 2xx gilt immer als zugestellt",
	"must be a list of 1 to 64 counts, such as [5, 10, 50]": "muss aus 1 bis 64 Anzahlen bestehen, zum Beispiel 5, 10, 50",
	"must be a list of origins such as https://shop.example": "muss aus Adressen wie https://shop.example bestehen",
	"must be a name from the IANA time zone database, such as Europe/Berlin or UTC": "muss eine Zeitzone wie Europe/Berlin oder UTC sein",
	"must start with https://": "muss mit https:// beginnen",
	"must be a URL that starts with https://": "muss eine URL sein, die mit https:// beginnt",
	"must start with https:// or http://": "muss mit https:// oder http:// beginnen",
	"must not be longer than 2048 bytes": "darf höchstens 2048 Bytes lang sein",
	"must not contain a backslash": "darf keinen Backslash enthalten",
	"must not contain a user name or password": "darf weder Benutzername noch Passwort enthalten: Nimm einen Header dafür",
	"must not contain spaces or control characters": "darf weder Leerzeichen noch Steuerzeichen enthalten",
	'must not have a fragment ("#...")': "darf kein Fragment (#…) haben",
	'must not have "." or ".." in its path': "darf weder „.“ noch „..“ im Pfad haben",
	"has no host": "hat keinen Host",
	"has a host that is not a valid name": "hat einen Host, der kein gültiger Name ist",
	"has a character in its host that is not valid in a host name": "hat ein Zeichen im Host, das dort nicht erlaubt ist",
	"has a character in its path that must be percent-encoded": "hat ein Zeichen im Pfad, das mit % kodiert sein muss",
	"has a character in its query that must be percent-encoded": "hat ein Zeichen in der Query, das mit % kodiert sein muss",
	"has a colon but no port after it": "hat einen Doppelpunkt, aber keinen Port danach",
	"has a port that is not a number from 1 to 65535": "hat einen Port, der keine Zahl von 1 bis 65535 ist",
	"has a numeric host that is not an IPv4 address written as four numbers": "hat als Host eine Zahl, die keine IPv4-Adresse aus vier Zahlen ist",
	"has more than 64 entries": "hat mehr als 64 Einträge",
	"has a name that is empty, longer than 64 bytes, or contains control characters":
		"hat einen Namen, der leer oder länger als 64 Bytes ist oder Steuerzeichen enthält",
	"has a value that is longer than 1,024 bytes or not UTF-8": "hat einen Wert, der länger als 1.024 Bytes oder kein UTF-8 ist",
	"has a value that contains control characters, begins or ends with a blank, or is longer than 1,024 bytes":
		"hat einen Wert mit Steuerzeichen, mit einem Leerzeichen am Rand oder mit mehr als 1.024 Bytes",
	"has a name that is not a valid header name: use up to 64 letters, digits and -":
		"hat einen ungültigen Header-Namen: Nimm höchstens 64 Buchstaben, Ziffern und -",
	"has a name that referd sets itself or that changes how the request is read: use another name":
		"hat einen Namen, den referd selbst setzt oder der die Anfrage verändert: Nimm einen anderen",
	'sends the same name twice (fields and hidden_fields together): rename one of them with "as"':
		"sendet denselben Namen zweimal: Benenne eines der Felder um",
	"has a masked value for a header that is not stored: send the value itself": "hat einen verdeckten Wert, der nicht gespeichert ist: Gib ihn noch einmal ein",
	"has a masked value, but the scheme, host or port of the url changes, and stored values do not move to the new address: send the header values again":
		"hat gespeicherte Werte, die nicht mit an die neue Adresse gehen: Gib sie noch einmal ein",
	"has a dot in the wrong place": "hat einen Punkt an der falschen Stelle",
	"has more than one @": "hat mehr als ein @",
	"has a domain that is not a valid host name": "hat nach dem @ keinen gültigen Namen",
	"is longer than 254 bytes": "ist länger als 254 Bytes",
	"must not contain control characters": "darf keine Steuerzeichen enthalten",
	"must have 1 to 64 options because its type is select": "braucht 1 bis 64 Auswahlmöglichkeiten",
	"must have a label of 1 to 200 printable bytes": "braucht eine Beschriftung von höchstens 200 Bytes",
	"no campaign has this id or code: GET /api/v2/campaigns lists the campaigns": "Diese Kampagne gibt es nicht.",
	"no webhook has this id: GET /api/v2/webhooks lists the webhooks": "Diesen Webhook gibt es nicht. Vielleicht wurde er gelöscht.",
	"no delivery has this id: GET /api/v2/deliveries lists the deliveries":
		"Diese Zustellung gibt es nicht. Vielleicht ist ihre Aufbewahrungszeit vorbei.",
	"no delivery has this id, or its webhook or event was deleted": "Diese Zustellung, ihren Webhook oder ihr Ereignis gibt es nicht mehr.",
	"no replay has this id: GET /api/v2/webhooks/{id}/replays lists the replays of a webhook": "Diese Wiederholung gibt es nicht.",
	"no token has this id: GET /api/v2/tokens lists the tokens": "Dieses Token gibt es nicht mehr.",
	"no operator has this id: GET /api/v2/operators lists the operators": "Dieses Mitglied gibt es nicht mehr.",
	"this operator was removed": "Du bist kein Mitglied mehr.",
	"no reward rule has this id: GET /api/v2/reward-rules lists the rules": "Diese Regel gibt es nicht mehr.",
	"no user has this id, code or e-mail address (with campaign_id, only users of that campaign count): digits alone are an id, code:3238 is a code":
		"Diese Person gibt es nicht. Vielleicht wurde sie gelöscht.",
	"this path does not exist: GET /api/v2/openapi.json lists the paths of the API": "Diese Adresse gibt es nicht.",
	'the campaign cannot be deleted, because it has users, webhooks or reward rules: archive it with PUT {"status":"archived"}':
		"Die Kampagne hat Personen, Webhooks oder Regeln und lässt sich nicht löschen: Archiviere sie.",
	"the delivery's webhook is disabled, so nothing would be sent: enable it first (POST /api/v2/webhooks/{id}/enable)":
		"Der Webhook dieser Zustellung ist deaktiviert, es würde nichts gesendet: Aktiviere ihn zuerst.",
	"the webhook is disabled, so nothing would be sent: enable it first (POST /api/v2/webhooks/{id}/enable)":
		"Der Webhook ist deaktiviert, es würde nichts gesendet: Aktiviere ihn zuerst.",
	"this server does not allow the webhook's url any more: change the url": "Dieser Server erlaubt die URL des Webhooks nicht mehr: Ändere sie.",
	"the coupon pool is empty: upload coupons": "Der Gutscheinvorrat ist leer: Lade Codes hoch.",
	"the rule gives no coupons: its metric is not coupon": "Diese Regel gibt keine Gutscheine.",
	"no amount was sent with its order, so it has no commission yet: set its amount, or cancel it":
		"Zur Bestellung kam kein Betrag, deshalb gibt es noch keine Provision: Gib den Betrag an oder storniere sie.",
	"cancelled by the operator": "vom Team storniert",
	"this is the last admin token, and without it no token could be created: create another admin token first":
		"Das ist das letzte Token mit dem Recht admin: Erstelle zuerst ein anderes.",
	"this API token is not valid: check it, or create another token with `referd token create`":
		"Dieses API-Token gilt nicht: Prüfe es, oder erstelle ein anderes mit `referd token create`.",
	"the token does not have the scope that this call needs: use another token": "Dafür reichen deine Rechte nicht: Melde dich mit einem anderen Token an.",
	"the review already has the other decision, and its rewards were issued or cancelled accordingly":
		"Darüber wurde schon anders entschieden, und die Prämien sind entsprechend ausgegeben oder storniert.",
	"this user is not under review, because nothing was suspicious": "Diese Person wird nicht geprüft: Nichts war verdächtig.",
	"too many calls with this token or by this operator (limit: --token-rate per minute): try {1}":
		"Zu viele Aufrufe in kurzer Zeit. Warte etwas und versuch es dann noch einmal.",
	"too many wrong tokens from this address (limit: --miss-rate per {1}": "Zu viele falsche Token. Warte eine Minute und versuch es dann noch einmal.",
	"the body is too large": "Das ist zu groß für diesen Server.",
	"the server's queue is full: try again in a second": "Der Server ist ausgelastet. Versuch es gleich noch einmal.",
	"the server's disk is full, so nothing was stored: try again later": "Die Festplatte des Servers ist voll, nichts wurde gespeichert.",
	"the server is out of memory, so nothing was stored: try again later": "Der Server hat keinen Speicher frei, nichts wurde gespeichert.",
	"the server could not read a stored record: see the server's log": "Der Server konnte einen Datensatz nicht lesen. Sein Log nennt den Grund.",
	"the server is shutting down: try again": "Der Server startet gerade neu. Versuch es gleich noch einmal.",
	"no such name": "Den Namen gibt es nicht", "the name cannot be resolved": "der Name lässt sich nicht auflösen",
	"the name has no address": "der Name hat keine Adresse",
	"the name server did not answer in time": "der Nameserver hat nicht rechtzeitig geantwortet",
	"the connection cannot be made": "die Verbindung kommt nicht zustande", "the connection failed": "die Verbindung ist abgebrochen",
	"no connection in time": "keine Verbindung in der erlaubten Zeit", "no TLS handshake in time": "kein TLS-Handshake in der erlaubten Zeit",
	"no response in time": "keine Antwort in der erlaubten Zeit",
	"the connection was closed before the end of the response": "die Verbindung endete vor der Antwort",
	"the connection was closed during the TLS handshake": "die Verbindung endete während des TLS-Handshakes",
	"the response is not HTTP": "die Antwort ist kein HTTP",
	"the response body did not end in time": "der Body der Antwort endete nicht rechtzeitig",
	"the receiver answered 410 Gone": "der Empfänger antwortete 410 Gone",
	"an operator disabled the webhook": "jemand hat den Webhook deaktiviert",
};
