/** Where the user is, and how they get elsewhere: wouter's routes, on the address and the state of the browser's history. */
import { useMemo, type ComponentProps } from "react";
import { Link as PlainLink, Redirect, Route, Switch, useParams } from "wouter";
import { navigate as go, useHistoryState, useLocationProperty } from "wouter/use-browser-location";

export { Redirect, Route, Switch, useParams };

export interface Place {
  readonly pathname: string;
  /** With its `?`, or empty. */
  readonly search: string;
  /** With its `#`, or empty. */
  readonly hash: string;
}

export interface Location<State = unknown> extends Place {
  /** What was given along with the address; null otherwise. */
  readonly state: State;
}

interface NavigateOptions {
  readonly replace?: boolean;
  readonly state?: unknown;
}

export type Navigate = (to: string | Partial<Place> | -1, options?: NavigateOptions) => void;

const withMark = (mark: string, text: string): string => (text === "" || text.startsWith(mark) ? text : `${mark}${text}`);

const addressOf = ({ pathname = window.location.pathname, search = "", hash = "" }: Partial<Place>): string => `${pathname}${withMark("?", search)}${withMark("#", hash)}`;

/** To an address, or back. */
export const navigate: Navigate = (to, options = {}) => {
  if (to === -1) window.history.back();
  else go(typeof to === "string" ? to : addressOf(to), options);
};

/** The same function everywhere. */
export const useNavigate = (): Navigate => navigate;

const currentPathname = (): string => window.location.pathname;
const currentSearch = (): string => window.location.search;
const currentHash = (): string => window.location.hash;

export function useLocation(): Location {
  const pathname = useLocationProperty(currentPathname);
  const search = useLocationProperty(currentSearch);
  const hash = useLocationProperty(currentHash);
  const state = useHistoryState<unknown>();
  return useMemo(() => ({ pathname, search, hash, state }), [pathname, search, hash, state]);
}

/** The query of the address, and how to replace it. */
export function useSearchParams() {
  const search = useLocationProperty(currentSearch);
  const query = useMemo(() => new URLSearchParams(search), [search]);
  const setQuery = (next: Readonly<Record<string, string>>, options?: NavigateOptions) => navigate({ search: new URLSearchParams(next).toString() }, options);
  return [query, setQuery] as const;
}

interface LinkProps extends Omit<ComponentProps<"a">, "href"> {
  readonly to: string;
  readonly replace?: boolean;
  readonly state?: unknown;
}

/** A link to where the user is adds nothing to the history. */
export function Link({ to, replace, ...rest }: LinkProps) {
  const { pathname, search, hash } = window.location;
  return <PlainLink to={to} replace={replace ?? to === `${pathname}${search}${hash}`} {...rest} />;
}

/** A link that is marked while its page, or one below it, is open. */
export function NavLink({ to, ...rest }: LinkProps) {
  const pathname = useLocationProperty(currentPathname);
  const isCurrent = pathname === to || pathname.startsWith(`${to}/`);
  return <Link to={to} aria-current={isCurrent ? "page" : undefined} {...rest} />;
}
