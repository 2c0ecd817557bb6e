/** How much a picture is enlarged and moved: pure functions on a view. */

export interface View {
  readonly scale: number;
  /** From the middle of the room, in pixels. */
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Room {
  readonly width: number;
  readonly height: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
const MAX_SCALE = 8;
export const ZOOM_STEP = 1.5;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** No further than its edges allow. */
function within({ scale, x, y }: View, { width, height }: Room): View {
  const [mostX, mostY] = [(width * (scale - 1)) / 2, (height * (scale - 1)) / 2];
  return { scale, x: clamp(x, -mostX, mostX), y: clamp(y, -mostY, mostY) };
}

/** Enlarges around a point, given from the middle of the room, which stays where it is. */
export function zoomAt(view: View, factor: number, { x, y }: Point, room: Room): View {
  const scale = clamp(view.scale * factor, 1, MAX_SCALE);
  const real = scale / view.scale;
  return within({ scale, x: x - (x - view.x) * real, y: y - (y - view.y) * real }, room);
}

export const panBy = ({ scale, x, y }: View, by: Point, room: Room): View => within({ scale, x: x + by.x, y: y + by.y }, room);
