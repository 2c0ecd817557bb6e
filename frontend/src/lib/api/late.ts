/** The API of the signed-in user: complete once the routes of later parts are loaded, before any such part is shown. */
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import type { Send } from "./client";
import { firstRoutes } from "./firstRoutes";
import type { Api } from "./routes";

type Later = (signed: Send) => object;

let later: Later | null = null;
const incomplete = new Set<Api>();

const complete = (api: Api, routes: Later): Api => Object.assign(api, routes(api.send));

/** Parts of the first load use it as a `FirstApi`. */
export function createApi(signed: Send, mediaKey: string): Api {
  const api = firstRoutes(signed, mediaKey) as Api;
  if (later !== null) return complete(api, later);
  incomplete.add(api);
  return api;
}

/** Before a lazy part is shown. */
export async function loadRoutes(): Promise<void> {
  const { laterRoutes } = await withDeadline(LIMITS_MS.chunk, () => import("./routes"));
  later = laterRoutes;
  for (const api of incomplete) complete(api, laterRoutes);
  incomplete.clear();
}
