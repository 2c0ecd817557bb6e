/** Provides the API routes of the signed-in user. */
import { createContext, use } from "react";
import type { Api } from "./routes";

export const ApiContext = createContext<Api | null>(null);

export function useApi(): Api {
  const api = use(ApiContext);
  if (api === null) throw new Error("useApi needs an ApiContext above it.");
  return api;
}
