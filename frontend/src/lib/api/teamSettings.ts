/** The routes for what holds for all users of the team. */
import type { TeamSettings } from "@/types/wire";
import type { Send } from "./client";

export function teamSettingsRoutes(signed: Send) {
  const path = "/api/team-settings";
  return {
    fetchTeamSettings: async (signal?: AbortSignal) => (await signed<{ settings: TeamSettings }>(path, { signal })).settings,

    changeTeamSettings: async (body: Partial<TeamSettings>) => (await signed<{ settings: TeamSettings }>(path, { method: "PATCH", body })).settings,
  };
}
