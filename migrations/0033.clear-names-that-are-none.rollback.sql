-- What was no name is not brought back.
select 1;
