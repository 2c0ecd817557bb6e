-- The erasure of an account: its own row goes last; the row here stays and prevents that it is linked again.
create table channels_account_erasure (
    id            bigint generated always as identity primary key,
    account_id    bigint not null unique, -- no reference: the account is deleted
    provider      text not null,
    digest        bytea not null unique check (length(digest) = 32), -- a keyed hash of the provider's id of it
    user_id       bigint references users on delete set null, -- who requested it
    state         text not null default 'running' check (state in ('running', 'done')),
    unlinked_at   timestamptz(3), -- when it was unlinked at the provider
    messages      bigint not null default 0, -- how many were deleted
    claimed_until timestamptz(3) not null default '-infinity',
    created_at    timestamptz(3) not null default now(),
    updated_at    timestamptz(3) not null default now(),
    check (state = 'running' or unlinked_at is not null)
);
create index channels_account_erasure_running on channels_account_erasure (id) where state = 'running';
create index channels_account_erasure_user on channels_account_erasure (user_id, id);

-- While an account is erased, all members can be removed, the payer too.
create or replace function keep_the_payer() returns trigger language plpgsql as $$
begin
    if exists (select from channels_account
               where id = old.account_id and user_id = old.user_id and erasing_since is null) then
        raise exception 'the number stands in this person''s name' using errcode = 'restrict_violation';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
