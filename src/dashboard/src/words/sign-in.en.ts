// The words of the sign-in form, and of a server that does not answer. The first script has them in every language.
export const enSignIn = {
	signIn: "Sign in", apiToken: "API token",
	signInHelp: "The token of the first start is in first-start.txt, in the data directory of the server.",
	withNameAndPassword: "Sign in with a name and a password", personName: "Name", password: "Password",
	sessionEnded: "Your session ended. Sign in; your text is kept.",
	failed: "The server answered with status {status}.",
	noAnswer: "referd did not answer. Your text is kept.", tryAgain: "Try again", loading: "Loading",
	noAnswerYet: "referd does not answer. This page tries again by itself.",
};

export type SignInWords = typeof enSignIn;
