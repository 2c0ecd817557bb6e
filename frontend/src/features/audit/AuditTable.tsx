/** The lines of the audit log; on a phone each is a card. */
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatExact } from "@/lib/time";
import type { AuditLine } from "@/types/wire";
import { nameAction, describeDetails } from "./labels";
import { useTargetNames, type NameTarget } from "./targets";
import styles from "./audit.module.css";

interface AuditTableProps {
  readonly lines: readonly AuditLine[];
  readonly onActor: (line: AuditLine) => void;
  /** These lines belong to the previous filters; new ones are loading. */
  readonly isOld: boolean;
}

export function AuditTable({ lines, onActor, isOld }: AuditTableProps) {
  const nameTarget = useTargetNames();
  return (
    <ol className={styles.lines} aria-label={t("audit.title")} aria-busy={isOld}>
      {lines.map((line) => (
        <Line key={line.id} line={line} nameTarget={nameTarget} onActor={onActor} />
      ))}
    </ol>
  );
}

interface LineProps extends Pick<AuditTableProps, "onActor"> {
  readonly line: AuditLine;
  readonly nameTarget: NameTarget;
}

function Line({ line, nameTarget, onActor }: LineProps) {
  const [details, target] = [describeDetails(line), nameTarget(line)];
  return (
    <li className={styles.line} data-testid="audit-line">
      <Time className={styles.at} at={line.at} title={line.at}>
        {formatExact(line.at)}
      </Time>
      <div>
        <p className={styles.action}>
          <Text>{nameAction(line.action)}</Text>
          {target !== null && <bdi className={styles.target} translate="no">{target}</bdi>}
        </p>
        {details !== "" && <p className="muted">{details}</p>}
      </div>
      <div>
        <Actor line={line} onActor={onActor} />
        <p className="muted" title={line.user_agent ?? undefined}>
          {describeOrigin(line)}
        </p>
      </div>
    </li>
  );
}

function describeOrigin({ address, key_id }: AuditLine): string {
  const origin = address ?? t("audit.server");
  return key_id === null ? origin : t("audit.byKey", { address: origin });
}

function Actor({ line, onActor }: { readonly line: AuditLine; readonly onActor: (line: AuditLine) => void }) {
  if (line.actor_id === null) return <p>{line.actor}</p>;
  return (
    <button type="button" className={styles.actor} onClick={() => onActor(line)} aria-label={t("audit.only", { name: line.actor })}>
      {line.actor}
    </button>
  );
}
