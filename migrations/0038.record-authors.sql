-- Who wrote an outgoing message: a user, a program with an API key, a rule, or the phone itself. Null for incoming
-- messages and where it is not known: everything older than this, and imported history.
alter table channels_message
    add column author_kind text,
    add column author_id bigint; -- no reference: what was written stays when its author is deleted
-- Not validated: it holds for every row, and checking would read the whole table under a lock.
alter table channels_message add constraint channels_message_author check (
    case when author_kind is null then author_id is null
         else direction = 'out' and author_kind in ('user', 'api_key', 'rule', 'phone')
             and (author_kind = 'phone') = (author_id is null) end) not valid;
-- A first message is one of its author's, too.
alter table channels_chat_start add column author_kind text, add column author_id bigint;
