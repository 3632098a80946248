"""Whom a caller is, and what ties them to a school's people: asked as every service asks its projection."""

from functools import partial

from shared.runtime.roster import asking
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "ties.sql")

acting_of = partial(asking.acting_of, queries=SQL)
rights_of = partial(asking.rights_of, queries=SQL)
