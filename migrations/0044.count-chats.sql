-- How many chats are open and snoozed, by owner; archived ones are not counted. Kept by triggers, whatever statement
-- changes a chat: also the deletion of a user, which leaves their chats without an assignee.
create table channels_chat_count (
    account_id  bigint not null references channels_account on delete cascade,
    status      text not null check (status in ('open', 'snoozed')),
    assignee_id bigint not null, -- 0: none
    chats       integer not null check (chats >= 0),
    waiting     integer not null, -- those of them whose contact waits for an answer
    primary key (account_id, status, assignee_id),
    check (waiting between 0 and chats)
) with (fillfactor = 50);

create function recount_chat() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.status, old.assignee_id, old.archived)
            is not distinct from (new.status, new.assignee_id, new.archived) then
        update channels_chat_count n
        set waiting = n.waiting + case when new.waiting_since is null then -1 else 1 end
        where n.account_id = new.account_id and n.status = new.status
            and n.assignee_id = coalesce(new.assignee_id, 0);
        return null;
    end if;
    if tg_op <> 'INSERT' and old.status <> 'closed' and not old.archived then
        update channels_chat_count n
        set chats = n.chats - 1, waiting = n.waiting - (old.waiting_since is not null)::int
        where n.account_id = old.account_id and n.status = old.status
            and n.assignee_id = coalesce(old.assignee_id, 0);
    end if;
    if tg_op <> 'DELETE' and new.status <> 'closed' and not new.archived then
        insert into channels_chat_count as n (account_id, status, assignee_id, chats, waiting)
        values (new.account_id, new.status, coalesce(new.assignee_id, 0), 1, (new.waiting_since is not null)::int)
        on conflict (account_id, status, assignee_id)
        do update set chats = n.chats + excluded.chats, waiting = n.waiting + excluded.waiting;
    end if;
    return null;
end $$;

-- The conditions are computed with the row, so that a change of anything else costs nothing.
create trigger recount_inserted after insert on channels_chat for each row
    when (new.status <> 'closed' and not new.archived)
    execute function recount_chat();
create trigger recount_updated after update on channels_chat for each row
    when ((old.status <> 'closed' or new.status <> 'closed') and not (old.archived and new.archived)
          and (old.status <> new.status or old.assignee_id is distinct from new.assignee_id
               or old.archived <> new.archived or (old.waiting_since is null) <> (new.waiting_since is null)))
    execute function recount_chat();
create trigger recount_deleted after delete on channels_chat for each row
    when (old.status <> 'closed' and not old.archived)
    execute function recount_chat();

insert into channels_chat_count (account_id, status, assignee_id, chats, waiting)
select account_id, status, coalesce(assignee_id, 0), count(*), count(waiting_since)
from channels_chat where status <> 'closed' and not archived group by 1, 2, 3;
