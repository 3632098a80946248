"""Where something stands in a database: every table is looked through, so that none is forgotten."""

from shared.runtime.postgres import Pool


async def traces(pool: Pool, text: str) -> set[str]:
    """The tables with a row that holds the text, in capital or small letters, or its bytes.

    Partitions count for their table. Bytes (`bytea`) are looked for as PostgreSQL shows them.
    """
    names = await pool.fetch(
        "SELECT quote_ident(relname) AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition"
    )
    spellings = [text.lower(), text.encode().hex(), text.lower().encode().hex()]
    found = set()
    for row in names:
        query = (
            f"SELECT EXISTS (SELECT FROM {row['name']} AS line, unnest($1::text[]) AS spelling"  # noqa: S608
            " WHERE strpos(lower(line::text), spelling) > 0)"
        )
        if await pool.fetchval(query, spellings):
            found.add(row["name"])
    return found
