/** Hands the signed-in routes to whoever is below in the tree. */
import { createContext, use } from "react";
import type { Api } from "./routes";

export const ApiContext = createContext<Api | null>(null);

export function useApi(): Api {
  const api = use(ApiContext);
  if (api === null) throw new Error("useApi needs an ApiContext above it.");
  return api;
}
