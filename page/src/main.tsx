import { render } from "preact";
import { App } from "./app.tsx";
import "uplot/dist/uPlot.min.css";
import "./styles.css";
import "./keypad-unit.css";
import "./fleet.css";

render(<App />, document.getElementById("app") as HTMLElement);
