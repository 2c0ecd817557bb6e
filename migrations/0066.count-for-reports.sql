-- Reports read a tenth of the rows: the counts of all durations of a day, or of a month, are one row with arrays for
-- each clock, instead of a row for each duration. Beside them the messages of each chat and day are counted.
create table report_histogram (
    account_id   bigint not null references channels_account on delete cascade,
    measure      text not null,
    dimension    text not null check (dimension in ('all', 'user', 'label')),
    span         text not null check (span in ('day', 'month')),
    first_day    date not null,
    dimension_id bigint not null,  -- of the user or label; 0: none
    n            integer not null check (n >= 0),
    seconds      bigint not null,
    open_seconds bigint not null,
    buckets      integer[] not null,      -- those that have any or had some, in the order in which they got the first
    counts       integer[] not null,      -- how many each of them has
    open_buckets integer[] not null,      -- the same within the office hours
    open_counts  integer[] not null,
    primary key (account_id, measure, dimension, span, first_day, dimension_id)
) with (fillfactor = 70);

create function report_spans_of(f report_fact) returns table (
    dimension text, dimension_id bigint, span text, first_day date
) language sql immutable as $$
    select d.dimension, d.dimension_id, s.span, s.first_day
    from (
        select 'all' as dimension, 0::bigint as dimension_id
        union all select 'user', coalesce(f.user_id, 0)
        union all select 'label', l from unnest(f.label_ids) l) d
    cross join (values ('day', f.day), ('month', f.day + 1 - extract(day from f.day)::integer)) s (span, first_day)
$$;

insert into report_histogram
select account_id, measure, dimension, span, first_day, dimension_id,
    sum(n) filter (where clock = 'all'),
    sum(seconds) filter (where clock = 'all'),
    coalesce(sum(seconds) filter (where clock = 'office'), 0),
    array_agg(bucket order by bucket) filter (where clock = 'all'),
    array_agg(n order by bucket) filter (where clock = 'all'),
    array_agg(bucket order by bucket) filter (where clock = 'office' or measure = 'opened'),
    array_agg(n order by bucket) filter (where clock = 'office' or measure = 'opened')
from report_count group by 1, 2, 3, 4, 5, 6;

-- Where a bucket is counted: the place that it has or, at the end, gets.
create function report_place(buckets integer[], bucket integer) returns integer language sql immutable as $$
    select coalesce(array_position(buckets, bucket), cardinality(buckets) + 1)
$$;
create or replace function count_report_fact() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.measure <> 'waiting' then
        update report_histogram h set n = h.n - 1, seconds = h.seconds - old.seconds,
            open_seconds = h.open_seconds - old.open_seconds,
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
            open_seconds, buckets, counts, open_buckets, open_counts)
        select new.account_id, new.measure, x.dimension, x.span, x.first_day, x.dimension_id, 1, new.seconds,
            new.open_seconds, array[new.bucket], array[1], array[new.open_bucket], array[1]
        from report_spans_of(new) x
        on conflict (account_id, measure, dimension, span, first_day, dimension_id)
            do update set n = h.n + 1, seconds = h.seconds + excluded.seconds,
                open_seconds = h.open_seconds + excluded.open_seconds,
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
drop function report_counts_of(report_fact);
drop table report_count;

-- The facts of a day, newest first: which days have any of a kind is known from their counts.
create index report_fact_of_day on report_fact (account_id, measure, day, at desc, id desc);
drop index report_fact_listed;

-- How many messages a chat got and sent on a day of its number's time zone, and whose those were that were sent: 0 is
-- no user. It stays when retention removes the messages, and goes with the chat.
create table report_chat_day (
    id         bigint generated always as identity primary key,
    chat_id    bigint not null references channels_chat on delete cascade,
    day        date not null,
    user_id    bigint not null,
    account_id bigint not null,  -- no reference: deleted with the chat
    received   integer not null check (received >= 0),
    sent       integer not null check (sent >= 0),
    unique (chat_id, day, user_id)
);
-- The same of all chats together, by day and by month.
create table report_volume (
    account_id bigint not null references channels_account on delete cascade,
    span       text not null check (span in ('day', 'month')),
    first_day  date not null,
    user_id    bigint not null,
    received   integer not null check (received >= 0),
    sent       integer not null check (sent >= 0),
    primary key (account_id, span, first_day, user_id)
) with (fillfactor = 70);
create function count_report_chat_day() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        update report_volume v set received = v.received - old.received, sent = v.sent - old.sent
        where v.account_id = old.account_id and v.user_id = old.user_id and (v.span, v.first_day) in (
            ('day', old.day), ('month', old.day + 1 - extract(day from old.day)::integer));
    end if;
    if tg_op <> 'DELETE' then
        insert into report_volume as v (account_id, span, first_day, user_id, received, sent)
        select new.account_id, s.span, s.first_day, new.user_id, new.received, new.sent
        from (values ('day', new.day), ('month', new.day + 1 - extract(day from new.day)::integer)) s (span, first_day)
        on conflict (account_id, span, first_day, user_id)
            do update set received = v.received + excluded.received, sent = v.sent + excluded.sent;
    end if;
    return null;
end $$;
create trigger report_chat_day_count after insert or update or delete on report_chat_day
    for each row execute function count_report_chat_day();

-- The messages there are have to be counted.
update report_recount r set next_id = (
    select max(v.id) from channels_conversation v where v.account_id = r.account_id);
