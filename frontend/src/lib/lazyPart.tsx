/** Parts of the app in chunks of their own: loaded when they are first shown, or before that while the browser is idle. */
import { useEffect, useEffectEvent, useState, type ComponentType } from "react";
import { loadTexts } from "@/i18n/translate";
import { loadRoutes } from "./api/late";
import { loadIcons } from "./icons";
import { LIMITS_MS, withDeadline } from "./limits";
import { beginLoadingPart } from "./loadingParts";

type Preload = () => Promise<void>;

export type LazyPart<Props> = ComponentType<Props> & { readonly preload: Preload };

/** Those that the browser may load while it is idle, in the order in which they were defined. */
const queue: Preload[] = [];
let isStarted = false;
let isRunning = false;

/** How long an extra part that could not be loaded is left out. */
const RETRY_MS = 5_000;

/** A browser that is never idle loads the next part after this time. */
const IDLE_MS = 2_000;

// Safari has no requestIdleCallback.
const whenIdle = (run: () => void): number | ReturnType<typeof setTimeout> => (typeof requestIdleCallback === "function" ? requestIdleCallback(run, { timeout: IDLE_MS }) : setTimeout(run, 500));

/** One after the other, so that what the user asks for meanwhile does not wait for all of them. */
function runQueue(): void {
  const next = queue.shift();
  isRunning = next !== undefined;
  if (next !== undefined) whenIdle(() => void next().catch(() => undefined).finally(runQueue));
}

function enqueue(preload: Preload, isFirst: boolean): void {
  if (isFirst) queue.unshift(preload);
  else queue.push(preload);
  if (isStarted && !isRunning) runQueue();
}

/** Whether the user asked for less traffic; only some browsers know. */
const savesData = (): boolean => (navigator as { readonly connection?: { readonly saveData?: boolean } }).connection?.saveData === true;

/** What must not delay the page, and is needed as soon as it is shown. */
const atOnce: (() => void)[] = [];

// eslint-disable-next-line confab/bounded-waits -- every page is shown, or says why it cannot be
const whenShown = (): Promise<void> => new Promise((resolve) => (isStarted ? resolve() : void atOnce.push(resolve)));

/** Called once the page shows what the user came for: from then on the network is free for what they may open next. */
export function startPreloading(): void {
  if (isStarted) return;
  isStarted = true;
  for (const run of atOnce.splice(0)) run();
  runQueue();
}

export function usePageShown(isShown = true): void {
  useEffect(() => {
    if (isShown) startPreloading();
  }, [isShown]);
}

/** For other work that must not delay the page: done after the parts that are known so far. */
export const afterPage = (work: Preload, order: "first" | "last" = "last"): void => enqueue(work, order === "first");

const Nothing = (): null => null;

interface Options<Props> {
  /** Shown until the part is loaded; a dialog has to take the keys that are meant for it. */
  readonly Waiting?: ComponentType<Props>;
  /** In the order of the definitions, unless it is the first that the user will need. "page": at once when the page is shown, never before. */
  readonly preloading?: "page" | "first" | "idle" | "never";
  /** The page is complete without it: it is left out while it cannot be loaded, and asked for again with the connection, or after a while. */
  readonly isExtra?: boolean;
}

/** A part that cannot be loaded is closed, left out, or reported by the page's error boundary; it is asked for again when it is next shown. */
function useLoading(preload: Preload, isLoaded: boolean, isExtra: boolean, onClose: (() => void) | undefined): void {
  const [result, setResult] = useState<"loaded" | Error | null>(null);
  const [tries, setTries] = useState(0);
  const fail = useEffectEvent((error: unknown) => {
    if (onClose !== undefined) onClose();
    else if (!isExtra) setResult(error instanceof Error ? error : new Error(String(error)));
  });
  useEffect(() => {
    if (isLoaded) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const endLoading = beginLoadingPart();
    const again = () => setTries(tries + 1);
    const failed = (error: unknown) => {
      endLoading();
      fail(error);
      if (isExtra) timer = setTimeout(again, RETRY_MS);
    };
    void preload().then(() => setResult("loaded"), failed);
    if (isExtra) window.addEventListener("online", again, { once: true });
    return () => {
      endLoading();
      clearTimeout(timer);
      window.removeEventListener("online", again);
    };
  }, [preload, isLoaded, isExtra, tries]);
  if (result instanceof Error) throw result;
}

/** Unlike with `React.lazy`, a part that was loaded before is shown in the same frame, with no fallback in between. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>, { Waiting = Nothing, preloading = "idle", isExtra = false }: Options<Props> = {}): LazyPart<Props> {
  let Loaded: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  const start = async () => {
    if (preloading === "page") await whenShown();
    return withDeadline(LIMITS_MS.chunk, () => Promise.all([load(), loadTexts(), loadIcons(), loadRoutes()]));
  };
  const preload = () =>
    (loading ??= start().then(
      ([component]) => void (Loaded = component),
      (error: unknown) => {
        loading = null;
        throw error;
      },
    ));
  function Part(props: Props) {
    useLoading(preload, Loaded !== null, isExtra, "onClose" in props ? (props.onClose as () => void) : undefined);
    return Loaded === null ? <Waiting {...props} /> : <Loaded {...props} />;
  }
  if ((preloading === "first" || preloading === "idle") && !savesData()) enqueue(preload, preloading === "first");
  return Object.assign(Part, { preload });
}
