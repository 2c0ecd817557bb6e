/** The routes for ratings: a number's settings, the list, and its summary. */
import type { Page, Survey, SurveySettings, SurveySummary } from "@/types/wire";
import type { Send } from "./client";

/** Which ratings; what is left out does not filter. */
export interface SurveyFilter {
  readonly account_id?: string;
  readonly user_id?: string;
  readonly score?: string;
  readonly since?: string;
  readonly until?: string;
}

export type SurveyBody = Omit<SurveySettings, "defaults">;

const ALL = "/api/channels/whatsapp/surveys";

const settingsPath = (accountId: number) => `/api/channels/whatsapp/${accountId}/survey`;

export function surveyRoutes(signed: Send) {
  const query = (filter: SurveyFilter) => new URLSearchParams(Object.entries(filter) as [string, string][]);
  return {
    fetchSurveySettings: async (accountId: number, signal?: AbortSignal) =>
      (await signed<{ settings: SurveySettings }>(settingsPath(accountId), { signal })).settings,

    putSurveySettings: async (accountId: number, body: SurveyBody) =>
      (await signed<{ settings: SurveySettings }>(settingsPath(accountId), { method: "PUT", body })).settings,

    listSurveys: (filter: SurveyFilter, cursor: string | null, signal?: AbortSignal) => {
      const params = query(filter);
      if (cursor !== null) params.set("cursor", cursor);
      return signed<Page<Survey>>(`${ALL}?${params.toString()}`, { signal });
    },

    fetchSurveySummary: (filter: Omit<SurveyFilter, "score">, signal?: AbortSignal) =>
      signed<SurveySummary>(`${ALL}/summary?${query(filter).toString()}`, { signal }),

    exportSurveys: (filter: SurveyFilter) => signed<Blob>(`${ALL}/export?${query(filter).toString()}`, { reads: "blob" }),
  };
}
