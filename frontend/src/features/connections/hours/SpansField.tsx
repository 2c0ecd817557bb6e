/** When a number is open on a day: from and to, once or several times. */
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import fieldStyles from "@/components/field.module.css";
import { t } from "@/i18n/translate";
import { MAX_SPANS, problemOf, replaced, withAnother, without, type Span } from "./hoursForm";
import styles from "./hours.module.css";

interface SpansFieldProps {
  /** What the day is called. */
  readonly day: string;
  readonly spans: readonly Span[];
  readonly onChange: (spans: readonly Span[]) => void;
}

export function SpansField({ day, spans, onChange }: SpansFieldProps) {
  const problem = problemOf(spans);
  return (
    <div className={styles.spans}>
      {spans.length === 0 && (
        <p className={styles.closed}>
          <Text>{t("hours.closed")}</Text>
        </p>
      )}
      {spans.map((span, index) => (
        <SpanRow
          key={index}
          day={day}
          span={span}
          isWrong={problem !== null}
          onChange={(changed) => onChange(replaced(spans, index, changed))}
          onRemove={() => onChange(without(spans, index))}
        />
      ))}
      {problem !== null && (
        <p className={fieldStyles.error} role="alert">
          {t(`hours.problem.${problem}`)}
        </p>
      )}
    </div>
  );
}

interface SpanRowProps {
  readonly day: string;
  readonly span: Span;
  readonly isWrong: boolean;
  readonly onChange: (span: Span) => void;
  readonly onRemove: () => void;
}

function SpanRow({ day, span, isWrong, onChange, onRemove }: SpanRowProps) {
  return (
    <div className={styles.span}>
      <input
        type="time"
        className={fieldStyles.input}
        value={span.from}
        aria-label={t("hours.from", { day })}
        aria-invalid={isWrong}
        onChange={(event) => onChange({ ...span, from: event.target.value })}
        data-testid="hours-from"
      />
      <span aria-hidden="true">–</span>
      <input
        type="time"
        className={fieldStyles.input}
        value={span.to}
        aria-label={t("hours.to", { day })}
        aria-invalid={isWrong}
        onChange={(event) => onChange({ ...span, to: event.target.value })}
        data-testid="hours-to"
      />
      <IconButton label={t("hours.removeTime", { day, time: `${span.from}–${span.to}` })} onClick={onRemove}>
        <Icon name="close" size={16} />
      </IconButton>
    </div>
  );
}

/** Beside the spans. */
export function AddSpan({ day, spans, onChange }: SpansFieldProps) {
  return (
    <IconButton label={t("hours.addTime", { day })} disabled={spans.length >= MAX_SPANS} onClick={() => onChange(withAnother(spans))} data-testid="hours-add">
      <Icon name="plus" size={16} />
    </IconButton>
  );
}
