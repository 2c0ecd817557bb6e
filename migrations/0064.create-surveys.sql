-- Whether a number asks its contacts for a rating after a conversation, and how. A text that is null is the default one
-- in the number's language; without `thanks` ('') nothing answers a rating.
create table account_survey (
    account_id    bigint primary key references channels_account on delete cascade,
    is_on         boolean not null,
    question      text check (length(question) between 1 and 1000),
    thanks        text check (length(thanks) <= 1000),
    delay_minutes integer not null check (delay_minutes between 1 and 1440), -- from the closing to the question
    pause_days    integer not null check (pause_days between 1 and 365),     -- a contact is asked once in so many days
    updated_at    timestamptz(3) not null default now()
);

-- The question after a conversation, and its answer. Until it is asked only `due_at` is set.
create table channels_survey (
    id              bigint generated always as identity primary key,
    account_id      bigint not null references channels_account on delete cascade,
    chat_id         bigint not null references channels_chat on delete cascade,
    conversation_id bigint not null unique references channels_conversation on delete cascade,
    due_at          timestamptz(3),
    asked_at        timestamptz(3),
    asked_seq       bigint,                  -- of the question, in the order of arrival
    message_id      bigint references channels_message on delete set null, -- the question
    user_id         bigint,                  -- who wrote last before the closing; null: the phone. No reference, as for authors
    score           smallint check (score between 1 and 5),
    answered_at     timestamptz(3),
    answer_id       bigint references channels_message on delete set null,
    comment_id      bigint references channels_message on delete set null, -- what the contact wrote about it
    check ((due_at is null) = (asked_at is not null)),
    check ((asked_at is null) = (asked_seq is null)),
    check (asked_at is not null or message_id is null and user_id is null and score is null),
    check ((score is null) = (answered_at is null)),
    check (score is not null or answer_id is null and comment_id is null)
);
create index channels_survey_due on channels_survey (due_at, id) where due_at is not null;
create index channels_survey_chat on channels_survey (chat_id, asked_at desc);
create index channels_survey_answered on channels_survey (account_id, answered_at desc, id desc)
    where answered_at is not null;
create index channels_survey_user on channels_survey (account_id, user_id, answered_at desc, id desc)
    where answered_at is not null;
create index channels_survey_message on channels_survey (message_id) where message_id is not null;
create index channels_survey_answer on channels_survey (answer_id) where answer_id is not null;
create index channels_survey_comment on channels_survey (comment_id) where comment_id is not null;

-- A message of a contact that is a rating and nothing else needs no reader (store/chats/unread_rules.py).
alter table channels_message add column is_rating boolean not null default false;

-- How often users were asked for and rated, by number and day (UTC): the sums of an average. Kept by triggers, whatever
-- statement changes a survey: also the erasure of its contact.
create table channels_survey_day (
    account_id bigint not null references channels_account on delete cascade,
    user_id    bigint not null, -- 0: the phone
    day        date not null,
    asked      integer not null default 0 check (asked >= 0),
    scores_1   integer not null default 0 check (scores_1 >= 0),
    scores_2   integer not null default 0 check (scores_2 >= 0),
    scores_3   integer not null default 0 check (scores_3 >= 0),
    scores_4   integer not null default 0 check (scores_4 >= 0),
    scores_5   integer not null default 0 check (scores_5 >= 0),
    primary key (account_id, day, user_id)
) with (fillfactor = 50);

-- Counts a survey `n` more times: with its score on the day of the answer, without one on the day of the question.
create function count_survey(account bigint, writer bigint, given smallint, at timestamptz, n integer) returns void
language plpgsql as $$
begin
    if n > 0 then
        insert into channels_survey_day (account_id, user_id, day)
        values (account, coalesce(writer, 0), (at at time zone 'UTC')::date) on conflict do nothing;
    end if;
    update channels_survey_day d set asked = d.asked + case when given is null then n else 0 end,
        scores_1 = d.scores_1 + case given when 1 then n else 0 end,
        scores_2 = d.scores_2 + case given when 2 then n else 0 end,
        scores_3 = d.scores_3 + case given when 3 then n else 0 end,
        scores_4 = d.scores_4 + case given when 4 then n else 0 end,
        scores_5 = d.scores_5 + case given when 5 then n else 0 end
    where d.account_id = account and d.user_id = coalesce(writer, 0) and d.day = (at at time zone 'UTC')::date;
end $$;

create function recount_survey() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.asked_at is not null then
        perform count_survey(old.account_id, old.user_id, null, old.asked_at, -1);
        if old.score is not null then
            perform count_survey(old.account_id, old.user_id, old.score, old.answered_at, -1);
        end if;
    end if;
    if tg_op <> 'DELETE' and new.asked_at is not null then
        perform count_survey(new.account_id, new.user_id, null, new.asked_at, 1);
        if new.score is not null then
            perform count_survey(new.account_id, new.user_id, new.score, new.answered_at, 1);
        end if;
    end if;
    return null;
end $$;
create trigger recount_inserted after insert on channels_survey for each row
    when (new.asked_at is not null) execute function recount_survey();
create trigger recount_updated after update on channels_survey for each row
    when ((old.asked_at, old.user_id, old.score, old.answered_at)
          is distinct from (new.asked_at, new.user_id, new.score, new.answered_at))
    execute function recount_survey();
create trigger recount_deleted after delete on channels_survey for each row
    when (old.asked_at is not null) execute function recount_survey();
