// The start, in a script so small that the sign-in form is there at once. The app, the words and the code of the page arrive
// later: at once for a person who is probably signed in, else after the form.
import { render } from "preact";
import { fetchCode, fetchData } from "./early";
import { SignIn, refresh } from "./pages/sign-in";
import { Starting } from "./pages/starting";
import { session, signedInLast } from "./session";
import { cacheFiles, lazy } from "./ui/lazy";
import { language, loadWords } from "./words";
import "./ui/theme";

const QUIET_MS = 1000; // by then, the form has appeared

const App = lazy("app", async () => (await Promise.all([import("./app"), loadWords()]))[0].App, 0);

/** If nobody was signed in when this browser showed the dashboard last, the form does not wait for the server. */
function Window() {
	const now = session.value;
	if (now.state === "unknown" && signedInLast.value === "yes") return <Starting />;
	return now.state === "in" || (now.state === "out" && now.expired) ? <App /> : <SignIn />;
}

function fetchApp(): void {
	void App.fetch().catch(() => undefined); // the window shows the error
	fetchCode();
}

/** While a person types, the app comes into the browser's cache. */
async function cacheApp(): Promise<void> {
	await cacheFiles("app");
	await cacheFiles(language.peek());
}

async function start(): Promise<void> {
	if (signedInLast.peek() === "yes") fetchApp();
	render(<Window />, document.body);
	await refresh();
	if (session.peek().state !== "in") return void setTimeout(() => void cacheApp().catch(() => undefined), QUIET_MS);
	fetchApp();
	fetchData();
}

void start();
