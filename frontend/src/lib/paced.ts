/** Reads again what changes have made old: not more often than it helps. */

/** However many changes there are. */
const AGAIN_MS = 1_000;

/** Runs at once, then at most once in a while, and always after the last call. */
export function paced(run: () => void, pauseMs = AGAIN_MS): () => void {
  let isPausing = false;
  let isAsked = false;
  const call = () => {
    isAsked = isPausing;
    if (isPausing) return;
    isPausing = true;
    setTimeout(() => {
      isPausing = false;
      if (isAsked) call();
    }, pauseMs);
    run();
  };
  return call;
}
