/** The rows of the chat list, of which only those in view are on the page. */
import { useEffect, useEffectEvent, type Ref } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { plainText } from "@/features/inbox/messages/parseMessage";
import { readPreviewsWith } from "@/features/inbox/messages/previewText";
import { rowHeight, type Density } from "./density";
import { Item, useRow, type RowsProps } from "./FirstRows";

// These are new rows: they show what the first ones could not read.
readPreviewsWith((body) => plainText(body));

interface VirtualRowsProps extends RowsProps {
  readonly density: Density;
  readonly handle: Ref<VirtualizerHandle>;
  readonly onScroll: (offset: number) => void;
  /** The rows can be scrolled through. */
  readonly onReady: () => void;
}

export function VirtualRows(props: VirtualRowsProps) {
  const { density, rows, activeIndex, handle, onScroll } = props;
  const row = useRow(props);
  const ready = useEffectEvent(props.onReady);
  useEffect(() => ready(), []);
  return (
    // Another height is another list: the sizes that it has measured are wrong. It measures, and shows, before the page is painted again.
    <Virtualizer key={density} ref={handle} as="ul" item={Item} data={rows} itemSize={rowHeight(density)} bufferSize={400} keepMounted={[activeIndex]} onScroll={onScroll}>
      {row}
    </Virtualizer>
  );
}
