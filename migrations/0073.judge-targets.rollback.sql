-- What is counted of teams goes; the columns are of later facts only.
delete from report_histogram where dimension = 'team';
create or replace function report_spans_of(f report_fact) returns table (
    dimension text, dimension_id bigint, span text, first_day date
) language sql immutable as $$
    select d.dimension, d.dimension_id, s.span, s.first_day
    from (
        select 'all' as dimension, 0::bigint as dimension_id
        union all select 'user', coalesce(f.user_id, 0)
        union all select 'label', l from unnest(f.label_ids) l) d
    cross join (values ('day', f.day), ('month', f.day + 1 - extract(day from f.day)::integer)) s (span, first_day)
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

alter table report_histogram
    drop column met, drop column breached, drop constraint report_histogram_dimension_check,
    add constraint report_histogram_dimension_check check (dimension in ('all', 'user', 'label'));
alter table report_fact drop column team_id, drop column promised_minutes, drop column promised_office,
    drop column is_met;
alter table target_recount drop column targets_at;
drop table report_promise;
