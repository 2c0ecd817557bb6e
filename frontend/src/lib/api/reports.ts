/** The routes for reports. */
import type { Page, Report, ReportBacklog, ReportFact, ReportGroup, ReportVolume } from "@/types/wire";
import type { Send } from "./client";

/** What a report is about; what is left out does not filter. */
export interface ReportFilter {
  readonly since: string;
  readonly until: string;
  readonly clock: "all" | "office";
  readonly account_id?: number;
  readonly user_id?: number;
  readonly label_id?: number;
  readonly team_id?: number;
}

/** The facts behind a figure. */
export interface FactFilter extends ReportFilter {
  readonly measure: ReportFact["measure"];
  readonly at_least?: number;
  readonly below?: number;
  /** Only what a target was promised for. */
  readonly target?: "any" | "met" | "breached";
  readonly open_at?: string;
}

/** Messages have no label, and no clock. */
export type VolumeFilter = Pick<ReportFilter, "since" | "until" | "account_id" | "user_id">;

const query = (filter: object) => new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]));

export function reportRoutes(signed: Send) {
  const read = <T>(path: string, filter: object, signal?: AbortSignal) => signed<T>(`/api/reports${path}?${query(filter).toString()}`, { signal });
  return {
    fetchReport: (filter: ReportFilter, signal?: AbortSignal) => read<Report>("", filter, signal),

    listReportGroups: async (filter: ReportFilter & { readonly by: "user" | "account" | "label" | "team" }, signal?: AbortSignal) =>
      (await read<{ items: readonly ReportGroup[] }>("/groups", filter, signal)).items,

    fetchBacklog: ({ since, until, account_id }: ReportFilter, time_zone: string, signal?: AbortSignal) =>
      read<ReportBacklog>("/backlog", { since, until, time_zone, ...(account_id !== undefined && { account_id }) }, signal),

    fetchVolume: (filter: VolumeFilter, signal?: AbortSignal) => read<ReportVolume>("/volume", filter, signal),

    exportVolume: (filter: VolumeFilter) => signed<Blob>(`/api/reports/volume/export?${query(filter).toString()}`, { reads: "blob" }),

    listReportFacts: (filter: FactFilter, cursor: string | null, signal?: AbortSignal) =>
      read<Page<ReportFact>>("/facts", cursor === null ? filter : { ...filter, cursor }, signal),

    exportReport: (filter: FactFilter) => signed<Blob>(`/api/reports/export?${query(filter).toString()}`, { reads: "blob" }),
  };
}
