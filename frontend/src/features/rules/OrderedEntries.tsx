/** Entries that work in their order, first to last: switched on and off, moved by drag or by buttons. */
import { useState, type DragEvent, type ReactElement } from "react";
import { IconButton } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import panelStyles from "@/components/panels.module.css";
import styles from "./rules.module.css";

interface Entry {
  readonly id: number;
  readonly name: string;
  readonly is_on: boolean;
  readonly may_change: boolean;
}

interface EntryProps<T extends Entry> {
  /** Of the tests: "rule", "target". */
  readonly testId: string;
  readonly onSwitch: (entry: T, isOn: boolean) => void;
  /** The lines below the name. */
  readonly describe: (entry: T) => readonly string[];
  readonly renderActions: (entry: T) => ReactElement | false;
}

interface OrderedEntriesProps<T extends Entry> extends EntryProps<T> {
  readonly label: string;
  readonly entries: readonly T[];
  readonly onMove: (entry: T, afterId: number | null) => void;
}

export function OrderedEntries<T extends Entry>({ label, entries, onMove, ...rest }: OrderedEntriesProps<T>) {
  const [dragged, setDragged] = useState<T | null>(null);
  /** To the position of another: behind it when it moves down. */
  const move = (entry: T, to: number) => {
    const others = entries.filter(({ id }) => id !== entry.id);
    onMove(entry, to === 0 ? null : (others[to - 1]?.id ?? null));
  };
  return (
    <ol className={panelStyles.entries} aria-label={label}>
      {entries.map((entry, index) => (
        <EntryRow
          key={entry.id}
          {...rest}
          entry={entry}
          index={index}
          count={entries.length}
          isDragged={entry.id === dragged?.id}
          onMove={(to) => move(entry, to)}
          onDrag={() => setDragged(entry)}
          onDragEnd={() => setDragged(null)}
          onDrop={() => dragged !== null && dragged.id !== entry.id && move(dragged, index)}
        />
      ))}
    </ol>
  );
}

interface EntryRowProps<T extends Entry> extends EntryProps<T> {
  readonly entry: T;
  readonly index: number;
  readonly count: number;
  readonly isDragged: boolean;
  readonly onMove: (to: number) => void;
  readonly onDrag: () => void;
  readonly onDragEnd: () => void;
  readonly onDrop: () => void;
}

function EntryRow<T extends Entry>({ entry, isDragged, onDrag, onDragEnd, onDrop, ...rest }: EntryRowProps<T>) {
  const { testId, onSwitch, describe, renderActions } = rest;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    onDrop();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the buttons move it by key
    <li className={classes(panelStyles.entry, isDragged && styles.dragged)} draggable={entry.may_change} onDragStart={onDrag} onDragEnd={onDragEnd} onDragOver={(event) => event.preventDefault()} onDrop={drop} data-testid={testId}>
      <div className={panelStyles.entryText}>
        <strong><bdi translate="no">{entry.name}</bdi></strong>
        {describe(entry).map((line) => <Text key={line}>{line}</Text>)}
      </div>
      {entry.may_change && <CheckBox checked={entry.is_on} aria-label={t("rules.switch", { name: isolate(entry.name) })} onChange={(event) => onSwitch(entry, event.target.checked)} data-testid={`${testId}-switch`}>{t("rules.on")}</CheckBox>}
      <div className={styles.actions}>
        {entry.may_change && <MoveButtons entry={entry} {...rest} />}
        {renderActions(entry)}
      </div>
    </li>
  );
}

type MoveButtonsProps<T extends Entry> = Pick<EntryRowProps<T>, "entry" | "index" | "count" | "testId" | "onMove">;

function MoveButtons<T extends Entry>({ entry, index, count, testId, onMove }: MoveButtonsProps<T>) {
  const name = isolate(entry.name);
  return (
    <>
      <IconButton label={t("rules.up", { name })} disabled={index === 0} onClick={() => onMove(index - 1)} data-testid={`${testId}-up`}><Icon name="up" /></IconButton>
      <IconButton label={t("rules.down", { name })} disabled={index === count - 1} onClick={() => onMove(index + 1)} data-testid={`${testId}-down`}><Icon name="down" /></IconButton>
    </>
  );
}
