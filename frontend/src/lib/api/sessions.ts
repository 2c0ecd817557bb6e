/** The routes that need no token: signing in, renewing a session, signing out, and what the server allows. */
import type { Config, SignedIn } from "@/types/wire";
import { send } from "./client";
import { takeEarlySession } from "./early";

/** A header that other sites cannot send without a CORS permission: protects the refresh cookie from cross-site requests. */
const OWN_SITE = { "X-Confab": "1" };

export const login = (email: string, password: string) =>
  send<SignedIn>("/api/auth/login", { method: "POST", body: { email, password }, headers: OWN_SITE });

export const refresh = async () =>
  (await takeEarlySession()) ?? send<SignedIn>("/api/auth/refresh", { method: "POST", headers: OWN_SITE });

export const logout = (token: string | null) => send<undefined>("/api/auth/logout", { method: "POST", headers: OWN_SITE, token });

export const fetchConfig = (signal?: AbortSignal) => send<Config>("/api/config", { signal });
