/** The one rule of live data: of two versions of a row, the one with the higher seq is newer. */
import type { Row } from "@/types/wire";

export function isNewer(incoming: Row, current: Row | undefined): boolean {
  return current === undefined || incoming.seq > current.seq;
}

/** The newest version of each row, from lists in any order. */
export function newestOf<T extends Row>(...lists: readonly Iterable<T>[]): Map<number, T> {
  const rows = new Map<number, T>();
  for (const list of lists) {
    for (const row of list) {
      if (isNewer(row, rows.get(row.id))) rows.set(row.id, row);
    }
  }
  return rows;
}
