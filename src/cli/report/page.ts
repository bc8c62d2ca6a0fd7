import { displayPlain, displayValue, type ReadingJson } from "../readings.ts";
import { bars, curve } from "./charts.ts";
import type { EventJson } from "./event-rows.ts";
import { Markup, markup } from "./markup.ts";
import type { MeterReport, RaisedAlarm, ReportLog, ReportSection } from "./meter-report.ts";
import { dailyEnergyOf, powerOf } from "./series.ts";

const style = new Markup(`
@page { size: A4; margin: 15mm }
* { box-sizing: border-box }
body { font: 14px/1.4 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 180mm; margin: 0 auto; padding: 12px }
h1 { font-size: 1.5em; margin: 0 0 .2em }
h2 { font-size: 1.1em; margin: 1.4em 0 .4em; border-bottom: 1px solid #999 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 2px 8px 2px 0; vertical-align: top; border-bottom: 1px solid #e4e4e4; overflow-wrap: anywhere }
th { font-weight: 600 }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.small { color: #555; font-size: .85em }
.warning { color: #a40000; font-weight: 600 }
figure { margin: .5em 0; break-inside: avoid }
figcaption { font-size: .85em; color: #555 }
svg { width: 100%; height: auto }
.grid { stroke: #ddd; stroke-width: 1 }
.curve { fill: none; stroke: #0a58a6; stroke-width: 1.2 }
.bar { fill: #0a58a6 }
.tick { font: 11px system-ui, sans-serif; fill: #555 }
section { break-inside: avoid-page }
tr { break-inside: avoid }
`);

/** Clocks further apart than this make times doubtful. */
const doubtfulDriftSeconds = 60;

/**
 * The report as one HTML document in the syntax of XML: no script, nothing fetched, made for the screen and for A4. What
 * the meter says is text in it, whatever it says.
 */
export function reportPage(report: MeterReport): string {
  const title = `Meter ${report.device ?? "of unknown name"}`;
  const page = markup`<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
<p class="small">Read ${report.created} as client ${report.client}</p>
${clockSection(report.clock)}${report.sections.map(sectionOf)}${alarmSection(report.alarms)}${chartSection(report)}${report.logs.map(logSection)}${notReadSection(report.notRead)}
</body>
</html>
`;
  return page.text;
}

function clockSection(clock: MeterReport["clock"]): Markup | undefined {
  if (clock === null) return undefined;
  const { meterTime, driftSeconds } = clock;
  const drift = driftSeconds === null ? "unknown" : `${driftSeconds > 0 ? "+" : ""}${driftSeconds} s against the computer that read it`;
  const doubtful = driftSeconds === null || Math.abs(driftSeconds) > doubtfulDriftSeconds;
  return markup`<section><h2>Clock</h2><table>
<tr><td>Time of the meter</td><td class="number">${meterTime}</td></tr>
<tr><td>Drift</td><td class="${doubtful ? "number warning" : "number"}">${drift}</td></tr>
</table></section>
`;
}

function sectionOf({ title, readings }: ReportSection): Markup {
  return markup`<section><h2>${heading(title)}</h2><table>
${readings.map(readingRow)}</table></section>
`;
}

function readingRow(reading: ReadingJson): Markup {
  return markup`<tr><td>${reading.name}</td><td class="number">${displayValue(reading)}</td><td>${reading.unit}</td><td class="small">${reading.obis}</td></tr>
`;
}

function alarmSection(alarms: readonly RaisedAlarm[]): Markup | undefined {
  if (alarms.length === 0) return undefined;
  return markup`<section><h2>Alarms that are set</h2><table>
${alarms.map(({ register, bit, events }) => markup`<tr><td>Register ${register}, bit ${bit}</td><td class="warning">${events.map(words).join(", ")}</td></tr>\n`)}</table></section>
`;
}

function chartSection({ profiles }: MeterReport): readonly Markup[] {
  return profiles.flatMap((profile) => {
    const series = profile.name === "daily" ? dailyEnergyOf(profile) : powerOf(profile);
    const drawn = series && (profile.name === "daily" ? bars(series) : curve(series));
    return drawn === undefined ? [] : [markup`<section><h2>${heading(`${profile.name} profile`)}</h2>${drawn}</section>\n`];
  });
}

function logSection({ log, events }: ReportLog): Markup {
  const rows = events.length === 0 ? markup`<p class="small">empty</p>` : markup`<table>\n${events.map(eventRow)}</table>`;
  return markup`<section><h2>${heading(`log ${words(log)}`)}</h2>${rows}</section>
`;
}

function eventRow({ at, code, event, details }: EventJson): Markup {
  const more = Object.entries(details)
    .map(([name, value]) => `${name}: ${displayPlain(value)}`)
    .join(", ");
  return markup`<tr><td>${at ?? ""}</td><td class="number">${code ?? ""}</td><td>${event === null ? "" : words(event)}</td><td class="small">${more}</td></tr>
`;
}

function notReadSection(notRead: readonly string[]): Markup | undefined {
  if (notRead.length === 0) return undefined;
  return markup`<section><h2>Not read</h2><p>The meter does not have this, or this client may not read it: ${notRead.join(", ")}.</p></section>`;
}

function heading(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}
