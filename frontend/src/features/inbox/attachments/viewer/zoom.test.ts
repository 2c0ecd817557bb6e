import { expect, it } from "vitest";
import { panBy, WHOLE, zoomAt } from "./zoom";

const ROOM = { width: 1000, height: 600 };

it("enlarges around a point, which stays where it is", () => {
  const view = zoomAt(WHOLE, 2, { x: 100, y: 50 }, ROOM);
  // The point of the picture under the pointer: (pointer - offset) / scale.
  expect([(100 - view.x) / view.scale, (50 - view.y) / view.scale]).toEqual([100, 50]);
  expect(view.scale).toBe(2);
});

it("is never smaller than the room, nor larger than eight times", () => {
  expect(zoomAt(WHOLE, 0.5, { x: 300, y: 0 }, ROOM)).toEqual({ ...WHOLE, x: 0, y: 0 });
  expect(zoomAt(WHOLE, 100, { x: 0, y: 0 }, ROOM).scale).toBe(8);
});

it("moves no further than the edges", () => {
  const view = zoomAt(WHOLE, 2, { x: 0, y: 0 }, ROOM);
  expect(panBy(view, { x: 10_000, y: -10_000 }, ROOM)).toEqual({ scale: 2, x: 500, y: -300 });
  expect(panBy(WHOLE, { x: 50, y: 50 }, ROOM)).toEqual(WHOLE);
});

it("comes back to the whole picture from anywhere", () => {
  const view = panBy(zoomAt(WHOLE, 4, { x: 200, y: 100 }, ROOM), { x: 120, y: -80 }, ROOM);
  const whole = zoomAt(view, 0.01, { x: -300, y: 20 }, ROOM);
  expect([whole.scale, Math.abs(whole.x), Math.abs(whole.y)]).toEqual([1, 0, 0]);
});
