-- How often somebody was greeted: something that only a form of our own page may change.
CREATE TABLE greetings (
    account_id uuid PRIMARY KEY,
    greeted integer NOT NULL
);
