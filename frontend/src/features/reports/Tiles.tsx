/** One tile for each measure, with its figures: choosing one shows it in the plots below. */
import { classes } from "@/components/classes";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import type { FactFilter } from "@/lib/api/reports";
import { formatCount } from "@/lib/counts";
import type { MeasureReport, Report } from "@/types/wire";
import { MEASURES, type Measure } from "./choice";
import { formatChange, formatDurationOrNone, formatMet, formatMetChange, formatRange } from "./format";
import { Figure } from "./Plot";
import { hasTargets } from "./Plots";
import styles from "./reports.module.css";

interface TilesProps {
  readonly report: Report;
  readonly chosen: Measure;
  readonly onChoose: (measure: Measure) => void;
  readonly onOpen: (measure: Measure, target?: FactFilter["target"]) => void;
}

export function Tiles({ report, chosen, onChoose, onOpen }: TilesProps) {
  return (
    <div className={styles.tiles}>
      {MEASURES.map((measure) => {
        const own = report.measures.find((row) => row.measure === measure);
        return own && <Tile key={measure} own={own} report={report} isChosen={measure === chosen} onChoose={() => onChoose(measure)} onOpen={(target) => onOpen(measure, target)} />;
      })}
    </div>
  );
}

interface TileProps {
  readonly own: MeasureReport;
  readonly report: Report;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onOpen: (target?: FactFilter["target"]) => void;
}

function Tile({ own, report, isChosen, onChoose, onOpen }: TileProps) {
  const { measure, now } = own;
  const hasDuration = measure !== "opened";
  const count = t(`reports.count.${measure}`, { count: now.n });
  const main = hasDuration ? formatDurationOrNone(now.median) : formatCount(now.n);
  return (
    <section className={classes(styles.tile, isChosen && styles.chosen)}>
      <h2>
        <button type="button" className={styles.choose} aria-pressed={isChosen} onClick={onChoose} data-testid={`measure-${measure}`}>
          {t(`reports.measure.${measure}`)}
        </button>
      </h2>
      <p className={styles.main} data-testid={`figure-${measure}`}>
        <Figure label={`${main}, ${t("reports.showChats")}`} onOpen={() => onOpen()}>{main}</Figure>
        {hasDuration && <small>{t("reports.median")}</small>}
      </p>
      {hasDuration && (
        <p className={styles.more}>
          <Text>{t("reports.mean", { duration: formatDurationOrNone(now.mean) })}</Text>
          <Text>{t("reports.p90", { duration: formatDurationOrNone(now.p90) })}</Text>
        </p>
      )}
      <p className={styles.more}>
        {hasDuration && <Figure onOpen={() => onOpen()}>{count}</Figure>}
        <Change own={own} report={report} />
      </p>
      {hasDuration && hasTargets(own) && <Met own={own} report={report} onOpen={onOpen} />}
    </section>
  );
}

/** How many targets were met, of those that were promised anything for. */
function Met({ own: { measure, now, before }, report, onOpen }: Pick<TileProps, "own" | "report" | "onOpen">) {
  const change = formatMetChange(now, before);
  return (
    <p className={styles.more} data-testid={`targets-${measure}`}>
      {now.met + now.breached === 0 ? (
        <Text>{t("reports.targets.none")}</Text>
      ) : (
        <>
          <Figure label={`${t("reports.targets.share", { share: formatMet(now) })}, ${t("reports.showChats")}`} onOpen={() => onOpen("any")}>
            {t("reports.targets.share", { share: formatMet(now) })}
          </Figure>
          <Figure label={`${t("reports.targets.breachedCount", { count: now.breached })}, ${t("reports.showChats")}`} onOpen={() => onOpen("breached")}>
            {t("reports.targets.breachedCount", { count: now.breached })}
          </Figure>
        </>
      )}
      {change !== null && <span title={formatRange(report.before.since, report.before.until)}>{t("reports.change", { change })}</span>}
    </p>
  );
}

/** Compared with the period before: neither good nor bad, as fewer or more conversations are neither. */
function Change({ own, report }: Pick<TileProps, "own" | "report">) {
  const { measure, now, before } = own;
  const change = measure === "opened" ? formatChange(now.n, before.n) : formatChange(now.median, before.median);
  if (change === null) return <Text>{t("reports.nothingBefore")}</Text>;
  const { since, until } = report.before;
  return <span title={formatRange(since, until)}>{t("reports.change", { change })}</span>;
}
