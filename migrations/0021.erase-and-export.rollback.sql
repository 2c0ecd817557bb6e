delete from dead_letters where state = 'erased';
alter table dead_letters drop constraint dead_letters_state_check;
alter table dead_letters add constraint dead_letters_state_check check (state in ('dead', 'ignored', 'redriven'));
drop table channels_erasure;
drop table channels_gone;
drop table channels_erased;
drop index channels_account_retention;
drop index channels_account_erasing;
alter table channels_account drop column erasing_since, drop column retention_days, drop column has_erased;
