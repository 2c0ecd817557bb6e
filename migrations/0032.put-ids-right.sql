-- Corrects rows from earlier address parsers: statuses stored as chats, kinds that contradict the chat's address,
-- phones read from LIDs, one person as several contacts, ids with a device.
--
-- Each step is one statement over a set, and writes only wrong rows; each changed row takes a seq, so that clients
-- learn of it. Messages are read once.

-- The normal form of an address, as the UniPile adapter makes it; most ids have it already. Single expressions, so that
-- Postgres inlines them and calls no function per row.
create function pg_temp.is_odd(text) returns boolean language sql immutable as $$
    select $1 ~ '[A-Z+[:space:]]|[:._][0-9:]*@|@c\.us'
$$;
create function pg_temp.plain_jid(text) returns text language sql immutable as $$
    select case
        when $1 ~* '^\s*\+?[0-9]{1,40}([._][0-9]{1,5})?(:[0-9]{1,5})?@(s\.whatsapp\.net|c\.us|lid|hosted|hosted\.lid|bot)\s*$'
            then replace(regexp_replace(lower(btrim($1)), '^\+?([0-9]+)[^@]*@', '\1@'), '@c.us', '@s.whatsapp.net')
        when $1 ~* '[^@]@(g\.us|newsletter|broadcast)\s*$' then lower(btrim($1))
        else btrim($1) end
$$;
-- The alias that both forms of a phone number share (Brazil's ninth digit, Mexico's 1, Argentina's 9).
create function pg_temp.phone_key(text) returns text language sql immutable as $$
    select case
        when $1 not like '5%@s.whatsapp.net' then null
        when $1 ~ '^55[1-9]{2}9?[6-9][0-9]{7}@s\.whatsapp\.net$'
            then '#tel:' || regexp_replace($1, '^(55..)9?([6-9][0-9]{7})@.*$', '\1\2')
        when $1 ~ '^521?[2-9][0-9]{9}@s\.whatsapp\.net$'
            then '#tel:' || regexp_replace($1, '^521?([2-9][0-9]{9})@.*$', '52\1')
        when $1 ~ '^549?[1-3][0-9]{9}@s\.whatsapp\.net$'
            then '#tel:' || regexp_replace($1, '^549?([1-3][0-9]{9})@.*$', '54\1') end
$$;
-- Take seqs for so many changes of each account; returns the first of each.
create function pg_temp.take_numbers(counts jsonb) returns table (account_id bigint, first bigint) language sql as $$
    update channels_account a set seq = a.seq + c.n
    from jsonb_to_recordset(counts) as c (account_id bigint, n bigint) where a.id = c.account_id
    returning a.id, a.seq - c.n
$$;

-- 1. Delete statuses and broadcast lists, which are no chats. Their messages stay counted.
create temp table status_chat on commit drop as
    select id, account_id, provider_chat_id from channels_chat where address ilike '%@broadcast';
update channels_media_blob b set released_at = now()
    from status_chat s join channels_message m on m.chat_id = s.id join channels_media f on f.message_id = m.id
    where b.sha256 = f.sha256;
delete from channels_receipt r using status_chat s, channels_message m
    where m.chat_id = s.id and r.account_id = m.account_id and r.provider_msg_id = m.provider_msg_id;
delete from channels_amendment e using status_chat s, channels_message m
    where m.chat_id = s.id and e.account_id = m.account_id and e.provider_msg_id = m.provider_msg_id;
delete from channels_import i using status_chat s
    where i.account_id = s.account_id and i.provider_chat_id = s.provider_chat_id;
delete from channels_message m using status_chat s where m.chat_id = s.id;
delete from channels_chat c using status_chat s where c.id = s.id;
with numbered as (
    select * from pg_temp.take_numbers((select jsonb_agg(jsonb_build_object('account_id', account_id, 'n', n))
        from (select account_id, count(*) as n from status_chat group by 1) counts))
)
insert into channels_gone (account_id, seq, event, id, chat_id)
    select s.account_id, numbered.first + row_number() over (partition by s.account_id order by s.id),
        'chat:erased', s.id, s.id
    from status_chat s join numbered using (account_id);

-- 2. Normalise addresses and the kinds they determine. A chat that was taken for a direct one loses its title; the next
-- message has it fetched.
create temp table wrong_chat on commit drop as
    select c.id, c.account_id, x.address, coalesce(jid_kind(x.address), c.kind) as kind
    from channels_chat c cross join lateral (select pg_temp.plain_jid(c.address)) x (address)
    where c.address is not null and (x.address <> c.address or jid_kind(x.address) <> c.kind)
        or c.kind = 'channel' and c.unread_count > 0;
update channels_chat c set kind = w.kind, address = w.address, unread_count = c.unread_count,
        title = case when c.kind = 'direct' and w.kind <> 'direct' then null else c.title end,
        titled_at = case when c.kind = 'direct' and w.kind <> 'direct' then '-infinity' else c.titled_at end
    from wrong_chat w where c.id = w.id;

-- 3. Delete contacts that are groups or channels.
create temp table no_contact on commit drop as
    select id, account_id, avatar from channels_contact where provider_id ~* '@(g\.us|newsletter|broadcast)\s*$';
update channels_media_blob b set released_at = now() from no_contact k where b.sha256 = k.avatar;
delete from channels_contact k using no_contact n where k.id = n.id;
with numbered as (
    select * from pg_temp.take_numbers((select jsonb_agg(jsonb_build_object('account_id', account_id, 'n', n))
        from (select account_id, count(*) as n from no_contact group by 1) counts))
)
insert into channels_gone (account_id, seq, event, id)
    select n.account_id, numbered.first + row_number() over (partition by n.account_id order by n.id),
        'contact:erased', n.id
    from no_contact n join numbered using (account_id);

-- 4. Phones that were read from LIDs and bare digits, and the phone addresses made of them.
create temp table false_phone on commit drop as
    select distinct k.id, k.account_id, substring(k.phone from 2) || '@s.whatsapp.net' as made
    from channels_contact k join channels_contact_alias a on a.contact_id = k.id
    where k.phone is not null and a.alias not like '#%'
        and pg_temp.plain_jid(a.alias) in (substring(k.phone from 2), substring(k.phone from 2) || '@lid',
                                           substring(k.phone from 2) || '@hosted.lid')
        and not exists (select from channels_chat c where c.account_id = k.account_id and c.kind = 'direct'
                        and c.address = substring(k.phone from 2) || '@s.whatsapp.net');
update channels_contact k set phone = null, phoned_at = '-infinity' from false_phone f where k.id = f.id;
delete from channels_contact_alias a using false_phone f where a.account_id = f.account_id and a.alias = f.made;

-- 5. Merge contacts of one person, by any form of their ids and phone number.
create temp table spelling on commit drop as
    select a.account_id, a.alias, x.plain, pg_temp.phone_key(x.plain) as key, a.contact_id
    from channels_contact_alias a cross join lateral (
        select case when pg_temp.is_odd(a.alias) then pg_temp.plain_jid(a.alias) else a.alias end) x (plain)
    where a.alias not like '#%';
create temp table told on commit drop as
    select account_id, plain as name, contact_id from spelling
    union select account_id, key, contact_id from spelling where key is not null;
create temp table merged (gone bigint primary key, kept bigint not null) on commit drop;
do $$
begin
    loop
        create temp table pair on commit drop as
            select contact_id as gone, min(kept) as kept
            from (select contact_id, min(contact_id) over (partition by account_id, name) as kept from told) t
            where contact_id <> kept group by 1;
        exit when not exists (select from pair);
        delete from pair where kept in (select gone from pair);
        update merged m set kept = p.kept from pair p where m.kept = p.gone;
        insert into merged select gone, kept from pair;
        update told t set contact_id = p.kept from pair p where t.contact_id = p.gone;
        drop table pair;
    end loop;
    drop table pair;
end $$;
create temp table changed_contact on commit drop as
    select kept as id from merged
    union select id from false_phone
    union select id from channels_contact where provider_id like '%@hosted.lid'
    union select coalesce(m.kept, s.contact_id) from spelling s left join merged m on m.gone = s.contact_id
        where s.alias <> s.plain;
update channels_contact_alias a set contact_id = m.kept from merged m where a.contact_id = m.gone;
update channels_export e set contact_id = m.kept from merged m where e.contact_id = m.gone;
create temp table best on commit drop as
    select whole.id,
        (array_agg(k.name order by k.named_at desc, k.name collate "C" desc) filter (where k.name is not null))[1] as name,
        max(k.named_at) filter (where k.name is not null) as named_at,
        (array_agg(k.phone order by k.phoned_at desc, k.phone desc) filter (where k.phone is not null))[1] as phone,
        max(k.phoned_at) filter (where k.phone is not null) as phoned_at,
        (array_agg(k.external_id order by k.id) filter (where k.external_id is not null))[1] as external_id,
        (array_agg(k.avatar order by k.id) filter (where k.avatar is not null))[1] as avatar
    from (select gone as part, kept as id from merged union select kept, kept from merged) whole
    join channels_contact k on k.id = whole.part group by 1;
delete from channels_contact k using merged m where k.id = m.gone;
update channels_contact k set name = b.name, named_at = coalesce(b.named_at, k.named_at), phone = b.phone,
        phoned_at = coalesce(b.phoned_at, k.phoned_at), external_id = b.external_id, avatar = b.avatar,
        avatar_tag = case when k.avatar is not distinct from b.avatar then k.avatar_tag end, avatar_due_at = now()
    from best b where k.id = b.id;
insert into channels_contact_alias (account_id, alias, contact_id)
    select distinct t.account_id, t.name, t.contact_id from told t
    where length(t.name) between 1 and 256 on conflict (account_id, alias) do nothing;
delete from channels_contact_alias a using spelling s
    where s.alias <> s.plain and a.account_id = s.account_id and a.alias = s.alias;
update channels_contact k set provider_id = best.alias
from (select distinct on (a.contact_id) a.contact_id, a.alias
      from channels_contact_alias a
      join channels_contact c on c.id = a.contact_id
      where a.alias not like '#%' and c.id in (select id from changed_contact)
      order by a.contact_id, array_position(array['lid', 's.whatsapp.net'], split_part(a.alias, '@', 2)) nulls last,
          a.alias collate "C") best
where k.id = best.contact_id and k.provider_id <> best.alias;
update channels_contact k set phone = known.phone, phoned_at = now()
from (select a.contact_id, min(jid_phone(a.alias)) as phone from channels_contact_alias a
      where jid_phone(a.alias) is not null group by 1) known
where k.id in (select id from changed_contact) and k.phone is null and known.contact_id = k.id;

-- 6. Normalise the senders of messages, quotes and reactions.
create temp table odd_message on commit drop as
    select m.id, m.account_id, row_number() over (partition by m.account_id order by m.seq) as n
    from channels_message m
    where m.sender is not null and (
            pg_temp.is_odd(m.sender->>'provider_id')
                and m.sender->>'provider_id' <> pg_temp.plain_jid(m.sender->>'provider_id')
            or m.sender->>'phone' = '+' || split_part(m.sender->>'provider_id', '@', 1)
                and jid_phone(m.sender->>'provider_id') is null
                and jid_phone(pg_temp.plain_jid(m.sender->>'provider_id')) is null)
        or pg_temp.is_odd(m.quoted->>'sender_id')
            and m.quoted->>'sender_id' <> pg_temp.plain_jid(m.quoted->>'sender_id')
        or m.reactions <> '[]' and exists (
            select from jsonb_array_elements(m.reactions) r
            where pg_temp.is_odd(r->'sender'->>'provider_id')
                and r->'sender'->>'provider_id' <> pg_temp.plain_jid(r->'sender'->>'provider_id'));
with numbered as (
    select * from pg_temp.take_numbers((select jsonb_agg(jsonb_build_object('account_id', account_id, 'n', n))
        from (select account_id, count(*) as n from odd_message group by 1) counts))
)
update channels_message m set
    sender = case when m.sender is null then null else m.sender
        || jsonb_build_object('provider_id', pg_temp.plain_jid(m.sender->>'provider_id'))
        || case when m.sender->>'phone' = '+' || split_part(m.sender->>'provider_id', '@', 1)
                and jid_phone(pg_temp.plain_jid(m.sender->>'provider_id')) is null
            then '{"phone": null}'::jsonb else '{}' end end,
    quoted = case when m.quoted->>'sender_id' is null then m.quoted
        else jsonb_set(m.quoted, '{sender_id}', to_jsonb(pg_temp.plain_jid(m.quoted->>'sender_id'))) end,
    reactions = case when m.reactions = '[]' then m.reactions else (
        select jsonb_agg(jsonb_set(one.item, '{sender,provider_id}', to_jsonb(one.who)) order by one.place)
        from (select distinct on (r.item->>'is_own', x.who) r.item, r.place, x.who
              from jsonb_array_elements(m.reactions) with ordinality as r (item, place)
              cross join lateral (select pg_temp.plain_jid(r.item->'sender'->>'provider_id')) x (who)
              order by r.item->>'is_own', x.who, r.place desc) one) end,
    seq = numbered.first + o.n, updated_at = now()
from odd_message o join numbered on numbered.account_id = o.account_id where m.id = o.id;

-- 7. Take seqs for the contacts that changed, and for the chats that changed or show their names.
do $$
declare
    changed bigint[];
begin
    select array_agg(k.id) into changed from channels_contact k join changed_contact c on c.id = k.id;
    if changed is not null then
        perform number_contacts(changed);
    end if;
end $$;
create temp table shown_chat on commit drop as
    select c.id, c.account_id, row_number() over (partition by c.account_id order by c.id) as n
    from channels_chat c where c.id in (
        select id from wrong_chat
        union select t.id from changed_contact k join channels_contact_alias a on a.contact_id = k.id
            join channels_chat t on t.account_id = a.account_id and t.address = a.alias and t.kind = 'direct');
with numbered as (
    select * from pg_temp.take_numbers((select jsonb_agg(jsonb_build_object('account_id', account_id, 'n', n))
        from (select account_id, count(*) as n from shown_chat group by 1) counts))
)
update channels_chat c set seq = numbered.first + s.n, updated_at = now()
from shown_chat s join numbered on numbered.account_id = s.account_id where c.id = s.id;
