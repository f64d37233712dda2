// The words of the sign-in form, and of a server that does not answer, in German.
import type { SignInWords } from "./sign-in.en";

export const deSignIn: SignInWords = {
	signIn: "Anmelden", apiToken: "API-Token",
	signInHelp: "Das Token des ersten Starts steht in first-start.txt im Datenverzeichnis des Servers.",
	withNameAndPassword: "Mit Name und Passwort anmelden", personName: "Name", password: "Passwort",
	sessionEnded: "Die Sitzung ist abgelaufen. Melde dich an; dein Text bleibt erhalten.",
	failed: "Der Server hat mit Status {status} geantwortet.",
	noAnswer: "referd hat nicht geantwortet. Dein Text bleibt erhalten.", tryAgain: "Noch einmal versuchen", loading: "Wird geladen",
	noAnswerYet: "referd antwortet nicht. Diese Seite versucht es von selbst wieder.",
};
