// The entry of the build: the first script, and the style sheet of all pages.
import "./first";
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
