drop table report_chat_day, report_volume;
drop function count_report_chat_day();
create index report_fact_listed on report_fact (account_id, measure, at desc, id desc);
drop index report_fact_of_day;

-- The facts of each day and of each month, counted by duration: on both clocks, all together, by user and by label.
create table report_count (
    account_id   bigint not null references channels_account on delete cascade,
    measure      text not null,
    clock        text not null check (clock in ('all', 'office')),
    dimension    text not null check (dimension in ('all', 'user', 'label')),
    span         text not null check (span in ('day', 'month')),
    first_day    date not null,
    dimension_id bigint not null,  -- of the user or label; 0: none
    bucket       integer not null,
    n            integer not null check (n >= 0),
    seconds      bigint not null,
    primary key (account_id, measure, clock, dimension, span, first_day, dimension_id, bucket)
);

create function report_counts_of(f report_fact) returns table (
    clock text, dimension text, dimension_id bigint, bucket integer, seconds integer, span text, first_day date
) language sql immutable as $$
    select c.clock, d.dimension, d.dimension_id, c.bucket, c.seconds, s.span, s.first_day
    from (values ('all', f.bucket, f.seconds), ('office', f.open_bucket, f.open_seconds)) c (clock, bucket, seconds)
    cross join (
        select 'all' as dimension, 0::bigint as dimension_id
        union all select 'user', coalesce(f.user_id, 0)
        union all select 'label', l from unnest(f.label_ids) l) d
    cross join (values ('day', f.day), ('month', f.day + 1 - extract(day from f.day)::integer)) s (span, first_day)
    where c.clock = 'all' or f.measure <> 'opened'
$$;

create or replace function count_report_fact() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.measure <> 'waiting' then
        update report_count d set n = d.n - 1, seconds = d.seconds - x.seconds from report_counts_of(old) x
        where d.account_id = old.account_id and d.measure = old.measure and d.clock = x.clock
            and d.dimension = x.dimension and d.span = x.span and d.first_day = x.first_day
            and d.dimension_id = x.dimension_id and d.bucket = x.bucket;
        delete from report_count d using report_counts_of(old) x
        where d.account_id = old.account_id and d.measure = old.measure and d.clock = x.clock
            and d.dimension = x.dimension and d.span = x.span and d.first_day = x.first_day
            and d.dimension_id = x.dimension_id and d.bucket = x.bucket and d.n = 0;
        if old.measure in ('opened', 'resolution') then
            update report_hour set opened = opened - (old.measure = 'opened')::int,
                closed = closed - (old.measure = 'resolution')::int
            where account_id = old.account_id and hour = date_trunc('hour', old.at, 'UTC');
        end if;
    end if;
    if tg_op <> 'DELETE' and new.measure <> 'waiting' then
        insert into report_count as d (account_id, measure, clock, dimension, span, first_day, dimension_id, bucket,
            n, seconds)
        select new.account_id, new.measure, x.clock, x.dimension, x.span, x.first_day, x.dimension_id, x.bucket,
            1, x.seconds
        from report_counts_of(new) x
        on conflict (account_id, measure, clock, dimension, span, first_day, dimension_id, bucket)
            do update set n = d.n + 1, seconds = d.seconds + excluded.seconds;
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

insert into report_count
select f.account_id, f.measure, x.clock, x.dimension, x.span, x.first_day, x.dimension_id, x.bucket, count(*),
    sum(x.seconds)
from (select t.* from report_fact t where t.measure <> 'waiting' offset 0) f cross join report_counts_of(f) x
group by 1, 2, 3, 4, 5, 6, 7, 8;
drop function report_spans_of(report_fact);
drop function report_place(integer[], integer);
drop table report_histogram;
