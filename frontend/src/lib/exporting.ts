/** Opens the exports dialog from any feature; the app provides the dialog. */
import { createContext, use } from "react";

export interface ExportRequest {
  readonly accountId: number;
  /** Null exports the whole account. */
  readonly contactId: number | null;
  readonly name: string;
}

export const ExportingContext = createContext<(request: ExportRequest) => void>(() => undefined);

export const useExporting = (): ((request: ExportRequest) => void) => use(ExportingContext);
