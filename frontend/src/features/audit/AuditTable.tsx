/** The lines of the audit log; on a phone each is a card. */
import { Text, Time } from "@/components/Text";
import { formatExact } from "@/lib/time";
import type { AuditLine } from "@/types/wire";
import { nameAction, nameTarget, describeDetails } from "./labels";
import styles from "./audit.module.css";

interface AuditTableProps {
  readonly lines: readonly AuditLine[];
  readonly onActor: (line: AuditLine) => void;
  /** These lines belong to the previous filters; new ones are loading. */
  readonly isOld: boolean;
}

export function AuditTable({ lines, onActor, isOld }: AuditTableProps) {
  return (
    <ol className={styles.lines} aria-label="Audit log" aria-busy={isOld}>
      {lines.map((line) => (
        <Line key={line.id} line={line} onActor={onActor} />
      ))}
    </ol>
  );
}

function Line({ line, onActor }: { readonly line: AuditLine; readonly onActor: (line: AuditLine) => void }) {
  const details = describeDetails(line);
  return (
    <li className={styles.line} data-testid="audit-line">
      <Time className={styles.at} at={line.at} title={line.at}>
        {formatExact(line.at)}
      </Time>
      <div>
        <p className={styles.action}>
          <Text>{nameAction(line.action)}</Text>
          {line.target_kind !== null && <span className={styles.target}>{nameTarget(line)}</span>}
        </p>
        {details !== "" && <p className="muted">{details}</p>}
      </div>
      <div>
        <Actor line={line} onActor={onActor} />
        <p className="muted" title={line.user_agent ?? undefined}>
          {`${line.address ?? "on the server"}${line.key_id === null ? "" : `, API key ${line.key_id}`}`}
        </p>
      </div>
    </li>
  );
}

function Actor({ line, onActor }: { readonly line: AuditLine; readonly onActor: (line: AuditLine) => void }) {
  if (line.actor_id === null) return <p>{line.actor}</p>;
  return (
    <button type="button" className={styles.actor} onClick={() => onActor(line)} aria-label={`Only what ${line.actor} did`}>
      {line.actor}
    </button>
  );
}
