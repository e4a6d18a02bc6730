// Tries to send what waits: now, when the connection is back, and in between at growing intervals.
import { AWAY, send } from "./queue.js";
import { showWaiting } from "./waiting.js";

const FIRST = 5_000;
const LONGEST = 300_000;

let next;

async function tryNow(pause = FIRST) {
  clearTimeout(next);
  const outcome = await send();
  await showWaiting(outcome);
  if (outcome === AWAY) next = setTimeout(() => tryNow(Math.min(pause * 2, LONGEST)), pause * (0.75 + Math.random() / 2));
  return outcome;
}

export const trySending = () => tryNow();

export function keepTrying() {
  addEventListener("online", trySending);
  return trySending();
}
