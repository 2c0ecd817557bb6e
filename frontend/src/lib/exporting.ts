/** The way to an export from wherever one stands: whose it shall be is said here, the app shows the dialog. */
import { createContext, use } from "react";

export interface ExportRequest {
  readonly accountId: number;
  /** Null: the whole number. */
  readonly contactId: number | null;
  readonly name: string;
}

export const ExportingContext = createContext<(request: ExportRequest) => void>(() => undefined);

export const useExporting = (): ((request: ExportRequest) => void) => use(ExportingContext);
