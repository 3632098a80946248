-- The session that began to set up an app: no other one sees the secret or switches it on. Null: begun before this was kept.
ALTER TABLE second_factor_setups ADD COLUMN session_id uuid;
