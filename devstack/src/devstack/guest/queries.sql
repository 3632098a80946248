-- name: greet
INSERT INTO greetings AS known (account_id, greeted) VALUES ($1, 1)
ON CONFLICT (account_id) DO UPDATE SET greeted = known.greeted + 1
RETURNING greeted;

-- name: greetings
SELECT coalesce((SELECT greeted FROM greetings WHERE account_id = $1), 0);
