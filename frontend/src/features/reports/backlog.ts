/** How many conversations were open, at the moments that the plot shows. */
import type { ReportBacklog } from "@/types/wire";

const HOUR_MS = 3_600_000;
const HOURS_OF_DAY = 24;
/** More columns than this cannot be told apart. */
const MOST_COLUMNS = 170;

interface Sample {
  /** Until this moment. */
  readonly at: string;
  readonly open: number;
}

/** By hour for a week; else the highest of each day, or of as many days as there is room for. Nothing of the future. */
export function samplesOf({ since, until, items }: ReportBacklog, now = new Date()): readonly Sample[] {
  const begin = Date.parse(since);
  const hours = Math.ceil((Math.min(Date.parse(until), now.getTime()) - begin) / HOUR_MS);
  const changes = new Map(items.map(({ hour, open }) => [Math.floor((Date.parse(hour) - begin) / HOUR_MS), open]));
  const days = Math.ceil(hours / HOURS_OF_DAY);
  const width = hours <= MOST_COLUMNS ? 1 : HOURS_OF_DAY * Math.ceil(days / MOST_COLUMNS);
  const samples: Sample[] = [];
  let open = changes.get(-1) ?? 0;
  for (let hour = 0; hour < hours; hour += width) {
    let highest: Sample | null = null;
    for (let own = hour; own < Math.min(hour + width, hours); own += 1) {
      open = changes.get(own) ?? open;
      if (highest === null || open > highest.open) highest = { at: new Date(begin + (own + 1) * HOUR_MS).toISOString(), open };
    }
    if (highest !== null) samples.push(highest);
  }
  return samples;
}
