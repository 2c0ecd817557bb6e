-- As in 0071.
create or replace function keep_contacts(told jsonb) returns void language plpgsql as $$
declare
    changed bigint[] := '{}';
    nameless bigint[];
begin
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
