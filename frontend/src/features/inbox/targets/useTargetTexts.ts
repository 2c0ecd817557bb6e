/** What is said of a target now: one timer for all, and a component is rendered again only when its text changes. */
import { useAtMinute } from "@/lib/useMinute";
import type { ChatTarget } from "@/types/wire";
import { describeShortly, describeTarget } from "./clock";
import { standingOf, type Standing } from "./standing";

const BETWEEN = "\n";

export interface TargetTexts {
  readonly standing: Standing;
  readonly short: string;
  readonly long: string;
}

export function useTargetTexts(target: ChatTarget): TargetTexts {
  const said = useAtMinute((now) => [standingOf(target, now), describeShortly(target, now), describeTarget(target, now)].join(BETWEEN));
  const [standing, short = "", long = ""] = said.split(BETWEEN);
  return { standing: standing as Standing, short, long };
}
