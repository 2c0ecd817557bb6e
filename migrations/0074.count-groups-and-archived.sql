-- How many groups and how many archived chats there are, by status and owner, as the filters of the list show them: an
-- archived group is archived. By team too, where a chat has no assignee: so the counts of a restricted agent are sums of
-- these as well.
create function counting_filter(archived boolean, kind text) returns text language sql immutable as $$
    select case when archived then 'archived' when kind = 'group' then 'groups' end
$$;

create table channels_filter_count (
    account_id  bigint not null references channels_account on delete cascade,
    filter      text not null check (filter in ('groups', 'archived')),
    status      text not null check (status in ('open', 'snoozed', 'closed')),
    assignee_id bigint not null, -- 0: none
    team_id     bigint not null, -- of chats without an assignee; 0: none
    chats       integer not null check (chats >= 0),
    primary key (account_id, filter, status, assignee_id, team_id)
) with (fillfactor = 50);

create function recount_filter() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and (old.archived or old.kind = 'group') then
        update channels_filter_count n set chats = n.chats - 1
        where n.account_id = old.account_id and n.filter = counting_filter(old.archived, old.kind)
            and n.status = old.status and n.assignee_id = coalesce(old.assignee_id, 0)
            and n.team_id = case when old.assignee_id is null then coalesce(old.team_id, 0) else 0 end;
    end if;
    if tg_op <> 'DELETE' and (new.archived or new.kind = 'group') then
        insert into channels_filter_count as n (account_id, filter, status, assignee_id, team_id, chats)
        values (new.account_id, counting_filter(new.archived, new.kind), new.status, coalesce(new.assignee_id, 0),
            case when new.assignee_id is null then coalesce(new.team_id, 0) else 0 end, 1)
        on conflict (account_id, filter, status, assignee_id, team_id) do update set chats = n.chats + 1;
    end if;
    return null;
end $$;

-- The conditions are computed with the row: a direct chat that is not archived costs nothing, and a message costs nothing
-- where it does not change the state of its chat.
create trigger recount_filter_inserted after insert on channels_chat for each row
    when (new.archived or new.kind = 'group')
    execute function recount_filter();
create trigger recount_filter_updated after update on channels_chat for each row
    when ((old.archived or new.archived or old.kind = 'group' or new.kind = 'group')
          and (old.archived <> new.archived or old.kind <> new.kind or old.status <> new.status
               or old.assignee_id is distinct from new.assignee_id or old.team_id is distinct from new.team_id))
    execute function recount_filter();
create trigger recount_filter_deleted after delete on channels_chat for each row
    when (old.archived or old.kind = 'group')
    execute function recount_filter();

insert into channels_filter_count (account_id, filter, status, assignee_id, team_id, chats)
select account_id, counting_filter(archived, kind), status, coalesce(assignee_id, 0),
    case when assignee_id is null then coalesce(team_id, 0) else 0 end, count(*)
from channels_chat where archived or kind = 'group' group by 1, 2, 3, 4, 5;
