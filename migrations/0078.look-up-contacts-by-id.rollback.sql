-- As in 0057 and 0076.
create or replace function link_contacts(told jsonb) returns bigint[] language plpgsql as $$
declare
    pair record;
    merged bigint[] := '{}';
begin
    loop
        select min(a.contact_id) as kept, max(a.contact_id) as gone into pair
        from jsonb_to_recordset(told) as p (n integer, account_id bigint, ids text[]), unnest(p.ids) id
        join channels_contact_alias a on a.alias = id
        where a.account_id = p.account_id
        group by p.n having min(a.contact_id) <> max(a.contact_id) order by p.n limit 1;
        exit when not found;
        update channels_contact_alias set contact_id = pair.kept where contact_id = pair.gone;
        insert into channels_contact_value (account_id, contact_id, field_id, value)
        select v.account_id, pair.kept, v.field_id, v.value from channels_contact_value v where v.contact_id = pair.gone
        on conflict do nothing;
        insert into channels_contact_label (account_id, contact_id, label_id, added_at)
        select x.account_id, pair.kept, x.label_id, x.added_at from channels_contact_label x
        where x.contact_id = pair.gone on conflict do nothing;
        -- Who was merged by hand into one of them is now of the row that stays; it stays a main row, or becomes one.
        update channels_contact set merged_into = null, taken = null where id = pair.kept and merged_into = pair.gone;
        update channels_contact k set merged_into = g.merged_into, taken = g.taken from channels_contact g
        where k.id = pair.kept and g.id = pair.gone and k.merged_into is null and g.merged_into <> pair.kept
            and not exists (select from channels_contact c where c.merged_into in (pair.kept, pair.gone));
        update channels_contact set merged_into = coalesce(
            (select k.merged_into from channels_contact k where k.id = pair.kept), pair.kept)
        where merged_into = pair.gone and id <> pair.kept;
        with gone as (delete from channels_contact where id = pair.gone returning *)
        update channels_contact k set
            own_name = coalesce(k.own_name, gone.own_name),
            whatsapp_name = case when k.whatsapp_name is null
                    or (gone.named_at, gone.whatsapp_name collate "C") > (k.named_at, k.whatsapp_name collate "C")
                then coalesce(gone.whatsapp_name, k.whatsapp_name) else k.whatsapp_name end,
            named_at = greatest(k.named_at, gone.named_at),
            username = case when k.username is null
                    or (gone.usernamed_at, gone.username collate "C") > (k.usernamed_at, k.username collate "C")
                then coalesce(gone.username, k.username) else k.username end,
            usernamed_at = greatest(k.usernamed_at, gone.usernamed_at),
            phone = case when k.phone is null or (gone.phoned_at, gone.phone) > (k.phoned_at, k.phone)
                then coalesce(gone.phone, k.phone) else k.phone end,
            phoned_at = greatest(k.phoned_at, gone.phoned_at),
            external_id = coalesce(k.external_id, gone.external_id),
            avatar = coalesce(k.avatar, gone.avatar),
            avatar_tag = case when k.avatar is null then gone.avatar_tag else k.avatar_tag end,
            avatar_due_at = least(k.avatar_due_at, gone.avatar_due_at)
        from gone where k.id = pair.kept;
        merged := array_remove(merged, pair.gone) || pair.kept;
    end loop;

    with fresh as (
        insert into channels_contact (account_id, provider_id, external_id, whatsapp_name, named_at, phone, phoned_at,
            username, usernamed_at)
        select p.account_id, p.provider_id, p.external_id, p.name, p.named_at, p.phone, p.phoned_at,
            p.username, coalesce(p.usernamed_at, '-infinity')
        from jsonb_to_recordset(told) as p (account_id bigint, ids text[], provider_id text, external_id text,
            name text, named_at timestamptz, phone text, phoned_at timestamptz, username text, usernamed_at timestamptz)
        where not exists (select from channels_contact_alias a
                          where a.account_id = p.account_id and a.alias = any(p.ids))
        returning id, account_id, provider_id
    )
    insert into channels_contact_alias (account_id, alias, contact_id)
    select account_id, provider_id, id from fresh;

    insert into channels_contact_alias (account_id, alias, contact_id)
    select p.account_id, id, known.contact_id
    from jsonb_to_recordset(told) as p (account_id bigint, ids text[])
    cross join lateral (select a.contact_id from channels_contact_alias a
                        where a.account_id = p.account_id and a.alias = any(p.ids) limit 1) known,
    unnest(p.ids) id
    on conflict (account_id, alias) do nothing;

    -- Called by the opaque id where one is known, else by the phone; of two, by the first in code points.
    update channels_contact k set provider_id = best.alias
    from (select distinct on (a.contact_id) a.contact_id, a.alias
          from channels_contact_alias a
          where a.alias not like '#%' and a.contact_id in (
              select known.contact_id from jsonb_to_recordset(told) as p (account_id bigint, ids text[]), unnest(p.ids) id
              join channels_contact_alias known on known.alias = id where known.account_id = p.account_id)
          order by a.contact_id, array_position(array['lid', 's.whatsapp.net'], split_part(a.alias, '@', 2)) nulls last,
              a.alias collate "C") best
    where k.id = best.contact_id and k.provider_id <> best.alias;
    return merged;
end $$;

create or replace function keep_contacts(told jsonb) returns void language plpgsql as $$
declare
    changed bigint[] := '{}';
    nameless bigint[];
begin
    if not exists (
        select from jsonb_to_recordset(told) as p (account_id bigint, ids text[], external_id text, name text,
            phone text, username text, usernamed_at timestamptz, is_dated boolean)
        left join lateral (select a.contact_id from channels_contact_alias a
            where a.account_id = p.account_id and a.alias = p.ids[1] limit 1) a on true
        left join lateral (select t.* from channels_contact t where t.id = a.contact_id limit 1) b on true
        where b.id is null or p.is_dated is not true or p.name <> b.whatsapp_name or p.phone <> b.phone
            or p.name is not null and b.whatsapp_name is null or p.phone is not null and b.phone is null
            or p.username is not null and (b.username is null
                or (p.usernamed_at, p.username collate "C") > (b.usernamed_at, b.username collate "C"))
            or p.external_id is not null and b.external_id is null
            or array_length(p.ids, 1) > 1 and exists (
                select from unnest(p.ids) id where not exists (
                    select from channels_contact_alias o
                    where o.account_id = p.account_id and o.alias = id and o.contact_id = b.id))
    ) then
        return;
    end if;
    if exists (
        select from jsonb_to_recordset(told) as p (n integer, account_id bigint, ids text[])
        cross join unnest(p.ids) id
        left join channels_contact_alias a on a.account_id = p.account_id and a.alias = id
        group by p.n having count(*) > count(a.contact_id) or min(a.contact_id) <> max(a.contact_id)
    ) then
        update channels_contact k set
            named_at = greatest(k.named_at, s.named_at), phoned_at = greatest(k.phoned_at, s.phoned_at)
        from channels_contact b, contact_times(b) s
        where k.id = b.id and (s.named_at > b.named_at or s.phoned_at > b.phoned_at) and b.id = any (array(
            -- Only of those that become one.
            select unnest(array_agg(a.contact_id))
            from jsonb_to_recordset(told) as p (n integer, account_id bigint, ids text[]), unnest(p.ids) id
            join channels_contact_alias a on a.alias = id where a.account_id = p.account_id
            group by p.n having min(a.contact_id) <> max(a.contact_id)));
        select coalesce(array_agg(c.id), '{}') into nameless
        from jsonb_to_recordset(told) as p (account_id bigint, ids text[]), unnest(p.ids) known
        join channels_chat c on c.address = known and c.kind = 'direct'
        where c.account_id = p.account_id and not exists (
            select from channels_contact_alias a where a.account_id = p.account_id and a.alias = known);
        changed := link_contacts(told);
        if nameless <> '{}' then
            select coalesce(array_agg(distinct x.id), '{}') into changed from (
                select unnest(changed) as id
                union all
                select a.contact_id from channels_chat c
                join channels_contact_alias a on a.account_id = c.account_id and a.alias = c.address
                where c.id = any(nameless)) x;
        end if;
    end if;

    with person as (
        select a.contact_id,
            (array_agg(p.name order by p.named_at desc, p.name collate "C" desc)
                filter (where p.name is not null))[1] as name,
            max(p.named_at) as named_at,
            (array_agg(p.phone order by p.phoned_at desc, p.phone desc) filter (where p.phone is not null))[1] as phone,
            max(p.phoned_at) as phoned_at,
            (array_agg(p.username order by p.usernamed_at desc, p.username collate "C" desc)
                filter (where p.username is not null))[1] as username,
            max(p.usernamed_at) as usernamed_at, max(p.external_id) as external_id,
            coalesce(bool_and(p.is_dated), false) as is_dated
        from jsonb_to_recordset(told) as p (account_id bigint, ids text[], external_id text, name text,
            named_at timestamptz, phone text, phoned_at timestamptz, username text, usernamed_at timestamptz,
            is_dated boolean)
        join channels_contact_alias a on a.account_id = p.account_id and a.alias = p.ids[1]
        group by a.contact_id
    ), newer as (
        select p.*, b.whatsapp_name as old_name, b.phone as old_phone, b.username as old_username,
            p.name is not null and (b.whatsapp_name is null
                or (p.named_at, p.name collate "C")
                    > (greatest(b.named_at, s.named_at), b.whatsapp_name collate "C")) as is_named,
            p.username is not null and (b.username is null
                or (p.usernamed_at, p.username collate "C") > (b.usernamed_at, b.username collate "C")) as is_usernamed,
            p.phone is not null and (b.phone is null
                or (p.phoned_at, p.phone) > (greatest(b.phoned_at, s.phoned_at), b.phone)) as is_phoned,
            p.external_id is not null and b.external_id is null as is_found
        from person p join channels_contact b on b.id = p.contact_id
        -- `offset`: so that the times are only looked up of what differs.
        left join lateral (select t.* from contact_times(b) t
            where p.name <> b.whatsapp_name or p.phone <> b.phone offset 0) s on true
    ), written as (
        update channels_contact k set
            whatsapp_name = case when n.is_named then n.name else k.whatsapp_name end,
            named_at = case when n.is_named then n.named_at else k.named_at end,
            phone = case when n.is_phoned then n.phone else k.phone end,
            phoned_at = case when n.is_phoned then n.phoned_at else k.phoned_at end,
            username = case when n.is_usernamed then n.username else k.username end,
            usernamed_at = case when n.is_usernamed then n.usernamed_at else k.usernamed_at end,
            external_id = coalesce(k.external_id, n.external_id),
            updated_at = now()
        from newer n
        where k.id = n.contact_id and (n.is_usernamed or n.is_found
            or n.is_named and not (n.is_dated and n.name is not distinct from n.old_name)
            or n.is_phoned and not (n.is_dated and n.phone is not distinct from n.old_phone))
        returning k.id, (k.whatsapp_name, k.phone, k.username)
            is distinct from (n.old_name, n.old_phone, n.old_username) as is_other
    )
    select changed || coalesce(array_agg(id), '{}') into changed from written where is_other and id <> all (changed);
    if changed <> '{}' then
        perform number_contacts(changed);
    end if;
end $$;
