drop index channels_contact_by_name;
drop index channels_contact_unfolded;
drop trigger channels_contact_forget_folded on channels_contact;
alter table channels_contact drop column name, drop column own_name, drop column username, drop column usernamed_at;
alter table channels_contact rename column whatsapp_name to name;
create trigger channels_contact_forget_folded before update of name on channels_contact
    for each row when (old.name is distinct from new.name) execute function forget_folded();
create index channels_contact_unfolded on channels_contact (account_id) where folded is null and name is not null;
-- Names of ours are gone with their column, and the folded ones follow WhatsApp's again.
update channels_contact set folded = null where folded is not null;
drop table channels_contact_label;
drop table channels_contact_value;
drop table contact_field;

-- As 0031 made it.
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
        with gone as (delete from channels_contact where id = pair.gone returning *)
        update channels_contact k set
            name = case when k.name is null or (gone.named_at, gone.name collate "C") > (k.named_at, k.name collate "C")
                then coalesce(gone.name, k.name) else k.name end,
            named_at = greatest(k.named_at, gone.named_at),
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
        insert into channels_contact (account_id, provider_id, external_id, name, named_at, phone, phoned_at)
        select p.account_id, p.provider_id, p.external_id, p.name, p.named_at, p.phone, p.phoned_at
        from jsonb_to_recordset(told) as p (account_id bigint, ids text[], provider_id text, external_id text,
            name text, named_at timestamptz, phone text, phoned_at timestamptz)
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

-- As 0016 made it.
create or replace function keep_contacts(told jsonb) returns void language plpgsql as $$
declare
    changed bigint[] := '{}';
begin
    if exists (
        select from jsonb_to_recordset(told) as p (n integer, account_id bigint, ids text[])
        cross join unnest(p.ids) id
        left join channels_contact_alias a on a.account_id = p.account_id and a.alias = id
        group by p.n having count(*) > count(a.contact_id) or min(a.contact_id) <> max(a.contact_id)
    ) then
        changed := link_contacts(told);
    end if;

    with person as (
        select a.contact_id,
            (array_agg(p.name order by p.named_at desc, p.name collate "C" desc)
                filter (where p.name is not null))[1] as name,
            max(p.named_at) as named_at,
            (array_agg(p.phone order by p.phoned_at desc, p.phone desc) filter (where p.phone is not null))[1] as phone,
            max(p.phoned_at) as phoned_at, max(p.external_id) as external_id
        from jsonb_to_recordset(told) as p (account_id bigint, ids text[], external_id text, name text,
            named_at timestamptz, phone text, phoned_at timestamptz)
        join channels_contact_alias a on a.account_id = p.account_id and a.alias = p.ids[1]
        group by a.contact_id
    ), newer as (
        select p.*, b.name as old_name, b.phone as old_phone,
            p.name is not null and (b.name is null
                or (p.named_at, p.name collate "C") > (b.named_at, b.name collate "C")) as is_named,
            p.phone is not null and (b.phone is null or (p.phoned_at, p.phone) > (b.phoned_at, b.phone)) as is_phoned,
            p.external_id is not null and b.external_id is null as is_found
        from person p join channels_contact b on b.id = p.contact_id
    ), written as (
        update channels_contact k set
            name = case when n.is_named then n.name else k.name end,
            named_at = case when n.is_named then n.named_at else k.named_at end,
            phone = case when n.is_phoned then n.phone else k.phone end,
            phoned_at = case when n.is_phoned then n.phoned_at else k.phoned_at end,
            external_id = coalesce(k.external_id, n.external_id),
            updated_at = now()
        from newer n
        where k.id = n.contact_id and (n.is_named or n.is_phoned or n.is_found)
        returning k.id, k.name is distinct from n.old_name or k.phone is distinct from n.old_phone as is_other
    )
    select changed || coalesce(array_agg(id), '{}') into changed from written where is_other and id <> all (changed);
    if changed <> '{}' then
        perform number_contacts(changed);
    end if;
end $$;
