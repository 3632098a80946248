-- Failed guesses at logins that there are, for the school's office: how many on a day (of Warsaw), and whether somebody tried to
-- sign in or to link. Nothing of whoever guessed. Kept for 30 days. A login is never deleted, so nothing has to follow it.
CREATE TABLE login_guesses (
    login_id uuid NOT NULL,
    day date NOT NULL,
    sign_ins integer NOT NULL,
    links integer NOT NULL,
    PRIMARY KEY (login_id, day)
);

CREATE INDEX login_guesses_age ON login_guesses (day);
