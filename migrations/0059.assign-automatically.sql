-- Who gets chats that have no owner: a mode for each account, another for a team where it has its own, and limits of
-- open chats. A limit of an account is for each of its users there; a user's own is for all accounts together.
alter table channels_account
    add column assignment_mode text not null default 'manual'
        check (assignment_mode in ('manual', 'round_robin', 'balanced')),
    add column chat_limit integer check (chat_limit between 1 and 1000);
alter table user_team
    add column assignment_mode text check (assignment_mode in ('manual', 'round_robin', 'balanced')); -- null: the account's
alter table users add column chat_limit integer check (chat_limit between 1 and 1000);

-- The account's seq at which a user got their last chat by this: who has waited longest has the lowest. A table of its
-- own, so that handing out chats never waits for a change of a member.
create table channels_assignment_turn (
    account_id bigint not null references channels_account on delete cascade,
    user_id    bigint not null references users on delete cascade,
    seq        bigint not null,
    primary key (account_id, user_id)
);
create index channels_assignment_turn_user on channels_assignment_turn (user_id);

-- The queue: open chats without an owner, by team (0: none) and by how long their contacts wait.
create index channels_chat_queued on channels_chat (account_id, coalesce(team_id, 0), waiting_since, id)
    where status = 'open' and assignee_id is null and not archived;
-- How many open chats a user has, over all accounts.
create index channels_chat_count_assignee on channels_chat_count (assignee_id, status);
