/** The first rows that an import rejects, each with the reason. */
import { useQuery } from "@tanstack/react-query";
import { Exact } from "@/components/Text";
import { translateSaid } from "@/i18n/said";
import { t } from "@/i18n/translate";
import { useContactRoutes } from "@/lib/api/contactRecords";
import type { ContactImport, RejectedRow } from "@/types/wire";
import { nameTarget } from "./targets";
import styles from "./importing.module.css";

const SHOWN = 20;
/** Enough of a row to know it again. */
const CELLS = 3;

/** The column is named as in the step before. */
function describe({ message, reason }: RejectedRow): string {
  const column = reason?.params.column;
  const said = typeof column === "string" ? { ...reason, params: { ...reason?.params, column: nameTarget(column) ?? column } } : reason;
  return translateSaid(said) ?? message;
}

export function RejectedRows({ given }: { readonly given: ContactImport }) {
  const api = useContactRoutes();
  const { data } = useQuery({
    queryKey: ["contact-import-rejected", given.id, given.state],
    queryFn: ({ signal }) => api.listRejected(given, SHOWN, signal),
    // Another check of the same import rejects other rows.
    staleTime: 0,
  });
  if (data === undefined) return null;
  const more = given.rejected - data.items.length;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard
    <div className={styles.rejected} role="group" aria-label={t("records.rejectedRows")} tabIndex={0} data-testid="contacts-import-reasons">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("records.row")}</th>
            <th scope="col">{t("records.contents")}</th>
            <th scope="col">{t("records.reason")}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((row) => (
            <tr key={row.row}>
              <th scope="row"><Exact>{row.row}</Exact></th>
              <td><Exact>{row.cells.filter((cell) => cell.trim() !== "").slice(0, CELLS).join(", ")}</Exact></td>
              <td>{describe(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className={styles.quiet}>{t("records.rejectedMore", { count: more })}</p>}
    </div>
  );
}
