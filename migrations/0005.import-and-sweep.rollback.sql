alter table channels_message drop column is_history;
drop table channels_import;
drop trigger first_connection on channels_account;
drop function note_first_connection();
alter table channels_account
    drop column connected_at,
    drop column import_state,
    drop column import_wanted,
    drop column import_cursor,
    drop column is_import_listed,
    drop column imported_messages,
    drop column import_claimed_until,
    drop column import_due_at,
    drop column sweep_claimed_until,
    drop column sweep_due_at,
    drop column oldest_gap_at,
    drop column gap_seconds;
