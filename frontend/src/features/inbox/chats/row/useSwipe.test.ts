import { expect, it } from "vitest";
import { follow, isFar, sideOf } from "./useSwipe";

const start = (sign: 1 | -1 = 1) => ({ x: 100, y: 100, sign, isSwiping: false, moved: 0 });
const swipe = (points: readonly (readonly [number, number])[], sign: 1 | -1 = 1) => {
  const track = points.reduce((last, [x, y]) => follow(last, x, y), start(sign));
  return [sideOf(track), isFar(track), track.moved];
};

it.each<[string, readonly (readonly [number, number])[], 1 | -1, ReturnType<typeof swipe>]>([
  ["a resting finger", [[104, 101]], 1, [null, false, 4]],
  ["a finger that scrolls", [[120, 160]], 1, [null, false, 20]],
  ["a short swipe to the right", [[130, 102]], 1, ["start", false, 30]],
  ["a swipe to the right", [[130, 102], [180, 102]], 1, ["start", true, 80]],
  ["a swipe to the left", [[60, 98], [20, 98]], 1, ["end", true, -80]],
  ["a swipe to the right in Arabic", [[180, 100]], -1, ["end", true, -80]],
  ["a swipe that goes on downwards", [[130, 100], [180, 240]], 1, ["start", true, 80]],
  ["a swipe that returns", [[180, 100], [103, 100]], 1, ["start", false, 3]],
  ["a swipe beyond the end", [[900, 100]], 1, ["start", true, 112]],
])("%s", (_, points, sign, expected) => expect(swipe(points, sign)).toEqual(expected));
