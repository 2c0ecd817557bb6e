/** The routes for targets. Apart from the others, because only the settings call them. */
import { useMemo } from "react";
import type { ChangedTarget, NewTarget, Target } from "@/types/wire";
import type { Send } from "./client";
import { useApi } from "./context";

export function targetRoutes(signed: Send) {
  return {
    listTargets: async (signal?: AbortSignal) => (await signed<{ items: readonly Target[] }>("/api/targets", { signal })).items,

    createTarget: async (body: NewTarget) => (await signed<{ target: Target }>("/api/targets", { method: "POST", body })).target,

    changeTarget: async (id: number, body: ChangedTarget) => (await signed<{ target: Target }>(`/api/targets/${id}`, { method: "PATCH", body })).target,

    deleteTarget: (id: number) => signed<undefined>(`/api/targets/${id}`, { method: "DELETE" }),
  };
}

export function useTargetRoutes() {
  const { send } = useApi();
  return useMemo(() => targetRoutes(send), [send]);
}
