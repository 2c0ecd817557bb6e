-- Why a row was rejected, by code and parameters (ADR 30), for the app to say in its user's language; null in rows of before.
alter table contact_import_rejection add column said jsonb;
