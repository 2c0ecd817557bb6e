/** Provides the API routes of the signed-in user. */
import { createContext, use } from "react";
import type { FirstApi } from "./firstRoutes";
import type { Api } from "./routes";

export const ApiContext = createContext<Api | null>(null);

/** For lazy parts, which are shown once all routes are loaded. */
export function useApi(): Api {
  const api = use(ApiContext);
  if (api === null) throw new Error("useApi needs an ApiContext above it.");
  return api;
}

/** For what is shown before that. */
export const useFirstApi = (): FirstApi => useApi();
