/** What the inbox is searched for: set by the field, its filters and other parts of the inbox. */
import { createContext, use } from "react";
import { NOTHING, type Wanted } from "./searchQuery";

export interface Search {
  readonly wanted: Wanted;
  readonly change: (change: Partial<Wanted>) => void;
}

export const SearchContext = createContext<Search>({ wanted: NOTHING, change: () => undefined });

export const useSearch = (): Search => use(SearchContext);

export const focusSearch = (): void => document.querySelector<HTMLElement>("[role=search] input")?.focus();
