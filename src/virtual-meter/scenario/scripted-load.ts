import { type Instant, type LoadModel, type LoadSegment, minute, type OperatingPoint } from "../../meter-model/index.ts";
import type { RunningEvent, Scene, Script } from "./script.ts";
import { atVoltage, bounded, bypassed, reversed, withExtra, withGeneration, withLoad, withNeutral } from "./terminals.ts";

/** ms for which the sun is taken to stand still. */
const sunStep = 5 * minute;

type Change = (point: OperatingPoint, instant: Instant) => OperatingPoint;

/** What a running event changes in one respect; undefined where it is about others. */
type Layer = (running: RunningEvent) => Change | undefined;

/**
 * In this order, whatever the order of the events: a load that is given in watts draws them at the voltage there is, and
 * what is done to the wiring is done to all that flows.
 */
const layers: readonly Layer[] = [
  ({ event: { supply } }) => changeBy(supply.voltage, atVoltage),
  ({ event: { supply } }) => changeBy(supply.frequency, (point, frequency) => ({ ...point, frequency })),
  ({ event: { supply } }) => changeBy(supply.load, withLoad),
  ({ event: { supply } }) => changeBy(supply.extra, withExtra),
  ({ event: { supply } }) => changeBy(supply.generation, withGeneration),
  (running) => changeBy(running.event.supply.solar, (point, peak, instant) => withGeneration(point, peak * sunHeight(running, instant))),
  ({ event: { supply } }) => changeBy(supply.reversed, reversed),
  ({ event: { supply } }) => changeBy(supply.neutral, withNeutral),
  ({ event: { supply } }) => changeBy(supply.bypass, bypassed),
];

function changeBy<T>(
  amount: T | undefined,
  change: (point: OperatingPoint, amount: T, instant: Instant) => OperatingPoint,
): Change | undefined {
  return amount === undefined ? undefined : (point, instant) => change(point, amount, instant);
}

/** What a scene makes of the load beneath. */
interface Effect {
  readonly scene: Scene;
  readonly outage: boolean;
  readonly changes: readonly Change[];
  /** Events with a sun, which moves within the scene. */
  readonly sunny: readonly RunningEvent[];
}

/** A load with what a script makes of it. Segments end where the script changes, and where the load beneath does. */
export function scriptedLoad(load: LoadModel, script: Script): LoadModel {
  let effect: Effect | undefined;
  return {
    at(instant: Instant): LoadSegment {
      const scene = script.at(instant);
      if (effect?.scene !== scene) effect = effectOf(scene);
      if (effect.outage) return { point: undefined, until: scene.until };
      const beneath = load.at(instant);
      let { point } = beneath;
      let until = Math.min(scene.until, beneath.until);
      if (point === undefined || effect.changes.length === 0) return { point, until };
      for (const change of effect.changes) point = change(point, instant);
      for (const running of effect.sunny) until = Math.min(until, nextSunStep(running, instant));
      return { point: bounded(point), until };
    },
  };
}

function effectOf(scene: Scene): Effect {
  const { running } = scene;
  return {
    scene,
    outage: running.some(({ event }) => event.supply.outage),
    changes: layers.flatMap((layer) => running.map(layer)).filter((change) => change !== undefined),
    sunny: running.filter(({ event }) => event.supply.solar !== undefined),
  };
}

/** 0 at both ends of the event, 1 in its middle; of the middle of each step. */
function sunHeight({ event, since }: RunningEvent, instant: Instant): number {
  const middle = (sunSteps(since, instant) + 0.5) * sunStep;
  return Math.max(0, Math.sin((Math.PI * middle) / event.duration));
}

function nextSunStep({ since }: RunningEvent, instant: Instant): Instant {
  return since + (sunSteps(since, instant) + 1) * sunStep;
}

/** Steps of the sun that have ended. */
function sunSteps(since: Instant, instant: Instant): number {
  return Math.floor((instant - since) / sunStep);
}
