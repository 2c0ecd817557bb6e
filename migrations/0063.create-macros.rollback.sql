drop table macro_team;
drop table macro;
