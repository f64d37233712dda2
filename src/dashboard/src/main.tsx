import { render } from "preact";
import { App, fetchFirst } from "./app";
import { refresh } from "./pages/sign-in";
import { keepPlace } from "./ui/place";
import { loadWords } from "./words";
import "./ui/theme";
import "uplot/dist/uPlot.min.css";
import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./style/parts.css";
import "./style/pages.css";
import "./style/delivery.css";
import "./style/users.css";
import "./style/people.css";
import "./style/webhook.css";
import "./style/builder.css";
import "./style/narrow.css";
import "./style/long.css";

void refresh();
fetchFirst();
keepPlace();
loadWords().then(
	() => render(<App />, document.body),
	() => document.body.append("referd did not answer. Reload the page."),
);
