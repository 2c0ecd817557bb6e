/** Numbers that need action, queues, failing jobs, slow queries, versions: each only where there is something to say. */
import { Exact, Text, type Elements } from "@/components/Text";
import { i18n, t } from "@/i18n/translate";
import { formatAgo, formatMoment } from "@/lib/time";
import { isolate } from "@/lib/texts";
import type { System } from "@/types/wire";
import styles from "./system.module.css";

export function Figures({ system }: { readonly system: System }) {
  return (
    <>
      <Accounts accounts={system.accounts ?? []} />
      <Jobs jobs={system.failing_jobs ?? []} />
      <Queues queues={system.queues ?? []} />
      <SlowQueries statements={system.slow_statements} />
      <Versions system={system} />
    </>
  );
}

interface FactsProps {
  readonly id: string;
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

function Facts({ id, title, facts }: FactsProps) {
  if (facts.length === 0) return null;
  return (
    <Section id={id} title={title}>
      <dl className={styles.facts}>
        {facts.map(([name, value], index) => (
          <div key={`${name} ${index}`}>
            <dt><Exact>{name}</Exact></dt>
            <dd><Text>{value}</Text></dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Section({ id, title, children }: { readonly id: string; readonly title: string; readonly children: Elements }) {
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function Accounts({ accounts }: { readonly accounts: NonNullable<System["accounts"]> }) {
  const facts = accounts.map(({ id, name, since }) => [name ?? `${id}`, t("system.since", { time: formatMoment(since) })] as const);
  return <Facts id="system-accounts" title={t("system.accounts")} facts={facts} />;
}

function Jobs({ jobs }: { readonly jobs: NonNullable<System["failing_jobs"]> }) {
  const facts = jobs.map(({ job, ...counts }) => [job, t("system.failing.tries", { jobs: counts.jobs, tries: counts.tries })] as const);
  return <Facts id="system-jobs" title={t("system.failing")} facts={facts} />;
}

function Queues({ queues }: { readonly queues: NonNullable<System["queues"]> }) {
  const describe = (jobs: number, seconds: number) => (jobs === 0 ? t("system.queues.empty") : t("system.queues.jobs", { jobs, seconds: Math.round(seconds) }));
  return <Facts id="system-queues" title={t("system.queues")} facts={queues.map(({ name, jobs, age_seconds }) => [name, describe(jobs, age_seconds)] as const)} />;
}

const round = (value: number): string => new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 }).format(value);

function SlowQueries({ statements }: { readonly statements: System["slow_statements"] }) {
  if (statements === null) {
    return (
      <Section id="system-slow" title={t("system.slow")}>
        <p className="muted">{t("system.slow.off")}</p>
      </Section>
    );
  }
  return (
    <Section id="system-slow" title={t("system.slow")}>
      <ol className={styles.lines} aria-labelledby="system-slow">
        {statements.map(({ text, seconds, mean_ms, calls }) => (
          <li key={text} className={styles.statement}>
            <code translate="no">{text}</code>
            <span className="muted">{t("system.slow.line", { seconds: round(seconds), mean: round(mean_ms), calls: round(calls) })}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function describeBackup({ backup, backup_failure, checked_at }: System): string {
  const begun = backup === null ? null : new Date(Date.parse(checked_at) - backup.age_seconds * 1000).toISOString();
  const last = begun === null ? t("system.backup.none") : formatAgo(begun);
  return backup_failure === null ? last : `${last}. ${t("system.backup.failed", { reason: isolate(backup_failure) })}`;
}

function Versions({ system }: { readonly system: System }) {
  const { confab, schema, postgres, redis } = system.versions;
  const unknown = t("system.versions.unknown");
  /* eslint-disable lingui/no-unlocalized-strings -- names of programs */
  const facts = [
    ["Confab", confab],
    [t("system.versions.schema"), schema ?? unknown],
    ["PostgreSQL", postgres ?? unknown],
    ["Redis", redis ?? unknown],
    [t("system.check.backup"), describeBackup(system)],
  ] as const;
  /* eslint-enable lingui/no-unlocalized-strings */
  return <Facts id="system-versions" title={t("system.versions")} facts={facts} />;
}
