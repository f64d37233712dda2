// What the first page needs, and the start. It is one script with all that it imports.
import { render } from "preact";
import { App, fetchFirst } from "./app";
import { fetchData } from "./early";
import { refresh } from "./pages/sign-in";
import { session } from "./session";
import { keepPlace } from "./ui/place";
import { loadWords } from "./words";
import "./ui/theme";

void refresh().then(() => session.peek().state === "in" && fetchData());
fetchFirst();
keepPlace();
loadWords().then(
	() => render(<App />, document.body),
	() => document.body.append("referd did not answer. Reload the page."),
);
