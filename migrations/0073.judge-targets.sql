-- What a target promised in a conversation, since when: a row for each change while it is open. Reports measure replies
-- and closings by the row that was valid then, so a target that is changed later leaves them as they were. All times are
-- null where no target fits.
create table report_promise (
    id                  bigint generated always as identity primary key,
    conversation_id     bigint not null references channels_conversation on delete cascade,
    account_id          bigint not null,  -- no references: deleted with the conversation
    chat_id             bigint not null,
    since               timestamptz not null,
    first_reply_minutes integer,
    next_reply_minutes  integer,
    close_minutes       integer,
    office_hours        boolean not null,
    unique (conversation_id, since)
);

-- Since when the account has the targets that it has: of a conversation without a row they are valid since then. That of
-- existing ones begins with this migration, and all clocks are computed once more.
alter table target_recount add column targets_at timestamptz not null default now();
update target_recount r set next_id = (select max(c.id) from channels_chat c where c.account_id = r.account_id);

-- The team of a fact is, as its labels are, what the chat had when the conversation was closed, or has now.
alter table report_fact
    add column team_id          bigint,
    add column promised_minutes integer,  -- what was promised; null: nothing
    add column promised_office  boolean,  -- within the office hours only
    add column is_met          boolean,
    add check (num_nulls(promised_minutes, promised_office, is_met) in (0, 3));

alter table report_histogram
    add column met     integer not null default 0 check (met >= 0),
    add column breached integer not null default 0 check (breached >= 0),
    drop constraint report_histogram_dimension_check,
    add constraint report_histogram_dimension_check check (dimension in ('all', 'user', 'label', 'team'));

create or replace function report_spans_of(f report_fact) returns table (
    dimension text, dimension_id bigint, span text, first_day date
) language sql immutable as $$
    select d.dimension, d.dimension_id, s.span, s.first_day
    from (
        select 'all' as dimension, 0::bigint as dimension_id
        union all select 'user', coalesce(f.user_id, 0)
        union all select 'team', f.team_id where f.team_id is not null
        union all select 'label', l from unnest(f.label_ids) l) d
    cross join (values ('day', f.day), ('month', f.day + 1 - extract(day from f.day)::integer)) s (span, first_day)
$$;

create or replace function count_report_fact() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.measure <> 'waiting' then
        update report_histogram h set n = h.n - 1, seconds = h.seconds - old.seconds,
            open_seconds = h.open_seconds - old.open_seconds,
            met = h.met - (old.is_met is true)::int, breached = h.breached - (old.is_met is false)::int,
            counts[report_place(h.buckets, old.bucket)] = h.counts[report_place(h.buckets, old.bucket)] - 1,
            open_counts[report_place(h.open_buckets, old.open_bucket)] =
                h.open_counts[report_place(h.open_buckets, old.open_bucket)] - 1
        from report_spans_of(old) x
        where h.account_id = old.account_id and h.measure = old.measure and h.dimension = x.dimension
            and h.span = x.span and h.first_day = x.first_day and h.dimension_id = x.dimension_id;
        delete from report_histogram h using report_spans_of(old) x
        where h.account_id = old.account_id and h.measure = old.measure and h.dimension = x.dimension
            and h.span = x.span and h.first_day = x.first_day and h.dimension_id = x.dimension_id and h.n = 0;
        if old.measure in ('opened', 'resolution') then
            update report_hour set opened = opened - (old.measure = 'opened')::int,
                closed = closed - (old.measure = 'resolution')::int
            where account_id = old.account_id and hour = date_trunc('hour', old.at, 'UTC');
        end if;
    end if;
    if tg_op <> 'DELETE' and new.measure <> 'waiting' then
        insert into report_histogram as h (account_id, measure, dimension, span, first_day, dimension_id, n, seconds,
            open_seconds, met, breached, buckets, counts, open_buckets, open_counts)
        select new.account_id, new.measure, x.dimension, x.span, x.first_day, x.dimension_id, 1, new.seconds,
            new.open_seconds, (new.is_met is true)::int, (new.is_met is false)::int,
            array[new.bucket], array[1], array[new.open_bucket], array[1]
        from report_spans_of(new) x
        on conflict (account_id, measure, dimension, span, first_day, dimension_id)
            do update set n = h.n + 1, seconds = h.seconds + excluded.seconds,
                open_seconds = h.open_seconds + excluded.open_seconds,
                met = h.met + excluded.met, breached = h.breached + excluded.breached,
                buckets[report_place(h.buckets, new.bucket)] = new.bucket,
                counts[report_place(h.buckets, new.bucket)] =
                    coalesce(h.counts[report_place(h.buckets, new.bucket)], 0) + 1,
                open_buckets[report_place(h.open_buckets, new.open_bucket)] = new.open_bucket,
                open_counts[report_place(h.open_buckets, new.open_bucket)] =
                    coalesce(h.open_counts[report_place(h.open_buckets, new.open_bucket)], 0) + 1;
        if new.measure in ('opened', 'resolution') then
            insert into report_hour as h (account_id, hour, opened, closed)
            values (new.account_id, date_trunc('hour', new.at, 'UTC'),
                (new.measure = 'opened')::int, (new.measure = 'resolution')::int)
            on conflict (account_id, hour)
                do update set opened = h.opened + excluded.opened, closed = h.closed + excluded.closed;
        end if;
    end if;
    return null;
end $$;

-- The facts there are have to get their teams.
update report_recount r set next_id = (
    select max(v.id) from channels_conversation v where v.account_id = r.account_id);
