/** The panes of this device, and whether the details of the open chat are shown. */
import { useCallback, useSyncExternalStore } from "react";
import { useLocation, useNavigate, type Location } from "@/lib/navigation";
import { changePanes, getPanes, subscribePanes } from "./panes";

/** From here on the details stand beside the thread; below they lie over it, and on a phone they are a page. */
const BESIDE = "(width >= 75rem)";
/** From here on they are shown until the user closes them. */
const ROOMY = "(width >= 90rem)";
const PHONE = "(width <= 40rem)";

export const usePanes = () => useSyncExternalStore(subscribePanes, getPanes);

function useMatch(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

interface DetailsState {
  readonly hasDetails?: boolean;
}

export type Place = "beside" | "over" | "page";

export interface Details {
  readonly isOpen: boolean;
  readonly place: Place;
  readonly toggle: () => void;
  readonly close: () => void;
}

/** Over the thread they are a step in the history of the tab, so that going back closes them. */
export function useDetails(): Details {
  const isBeside = useMatch(BESIDE);
  const isRoomy = useMatch(ROOMY);
  const isPhone = useMatch(PHONE);
  const { isContextOpen } = usePanes();
  const location = useLocation() as Location<DetailsState | null>;
  const navigate = useNavigate();
  const isOver = location.state?.hasDetails === true;
  if (isBeside) {
    const isOpen = isContextOpen ?? isRoomy;
    const set = (next: boolean) => changePanes({ isContextOpen: next });
    return { isOpen, place: "beside", toggle: () => set(!isOpen), close: () => set(false) };
  }
  const open = () => navigate(location, { state: { hasDetails: true } satisfies DetailsState });
  const close = () => navigate(-1);
  return { isOpen: isOver, place: isPhone ? "page" : "over", toggle: isOver ? close : open, close };
}
