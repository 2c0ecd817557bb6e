-- What was put right stays right: the old spellings are not kept anywhere, and the code before this reads the new ones.
select 1;
