"""Files that are no UTF-8 or no CSV, and rows of the wrong width."""

from tests.unit.accounts.rosters.bad import Bad

from accounts.domain.oneroster.codes import Code
from accounts.rosters.csv_rows import MAX_LINE, MAX_LINES

TEXT = [
    Bad(
        "Polish Windows",
        lambda e: e.swap("orgs.csv", "Leśny", "Leśny".encode("cp1250")),
        "orgs.csv:2:name",
        Code.NOT_UTF8,
    ),
    Bad(
        "UTF-16", lambda e: e.put("orgs.csv", e.files["orgs.csv"].decode().encode("utf-16")), "orgs.csv", Code.NOT_UTF8
    ),
    Bad(
        "UTF-8 that is cut within a letter",
        lambda e: e.swap("orgs.csv", "ś".encode(), "ś".encode()[:1]),
        "orgs.csv:2:name",
        Code.NOT_UTF8,
    ),
    Bad(
        "half a surrogate pair, encoded",
        lambda e: e.swap("orgs.csv", "ś".encode(), b"\xed\xa0\x80"),
        "orgs.csv:2:name",
        Code.NOT_UTF8,
    ),
    Bad("NUL", lambda e: e.swap("orgs.csv", "Leśny", "Le\0ny"), "orgs.csv:2:name", Code.NUL),
    Bad("a bell", lambda e: e.swap("orgs.csv", "Leśny", "Le\x07ny"), "orgs.csv:2:name", Code.CONTROL_CHARACTER),
    Bad(
        "an escape sequence",
        lambda e: e.swap("orgs.csv", "Leśny", "\x1b[31mLeśny"),
        "orgs.csv:2:name",
        Code.CONTROL_CHARACTER,
    ),
    Bad(
        "an id that holds what nobody sees",
        lambda e: e.cell("courses.csv", "sourcedId", "c\u200b1"),
        "courses.csv:2:sourcedId",
        Code.CONTROL_CHARACTER,
    ),
    Bad(
        "text after a quoted value",
        lambda e: e.swap("users.csv", "Wójcik", '"Wójcik"x'),
        "users.csv:2",
        Code.QUOTE_BROKEN,
    ),
    Bad(
        "a quotation mark within a value that is not quoted",
        lambda e: e.swap("users.csv", "Ewa", 'Ewa "Wa" X'),
        "users.csv:2",
        Code.QUOTE_BROKEN,
    ),
    Bad(
        "a blank before a quoted value",
        lambda e: e.swap("users.csv", "Wójcik", ' "Wójcik"'),
        "users.csv:2",
        Code.QUOTE_BROKEN,
    ),
    Bad(
        "a quotation mark that is not closed",
        lambda e: e.swap("users.csv", "Żak", '"Żak'),
        "users.csv:3",
        Code.QUOTE_BROKEN,
    ),
    Bad(
        "one that is closed in another column of the next row",
        lambda e: e.swap("orgs.csv", "district", '"district').swap("orgs.csv", "nr 1", 'nr 1"'),
        "orgs.csv:2",
        Code.QUOTE_BROKEN,
    ),
    Bad(
        "one that is closed in the same column of the next row",
        lambda e: e.swap("orgs.csv", "Powiat", '"Powiat').swap("orgs.csv", "nr 1", 'nr 1"'),
        "orgs.csv:2",
        Code.QUOTE_BROKEN,
    ),
    Bad(
        "one that is not closed, and many lines after it",
        lambda e: e.swap("orgs.csv", "Powiat", '"Powiat').swap(
            "orgs.csv", "s1,", "".join(f"x{number},,,Szkoła,school,,\r\n" for number in range(MAX_LINES - 1)) + "s1,"
        ),
        "orgs.csv:2",
        Code.QUOTE_BROKEN,
    ),
    Bad(
        "lines that end with CR alone",
        lambda e: e.put("orgs.csv", e.files["orgs.csv"].replace(b"\r\n", b"\r")),
        "orgs.csv:1",
        Code.LINE_BREAK_BROKEN,
    ),
    Bad(
        "many lines that end with CR alone",
        lambda e: e.put("orgs.csv", e.files["orgs.csv"].replace(b"\r\n", b"\r") + b"x,,,X,school,,\r" * MAX_LINE),
        "orgs.csv:1",
        Code.LINE_BREAK_BROKEN,
    ),
    Bad(
        "a line without an end",
        lambda e: e.swap("orgs.csv", "Leśny", "Leśny " * MAX_LINE),
        "orgs.csv:2",
        Code.LINE_TOO_LONG,
    ),
    Bad(
        "a header without an end",
        lambda e: e.swap("orgs.csv", "name", "name" * MAX_LINE),
        "orgs.csv:1",
        Code.LINE_TOO_LONG,
    ),
]

WIDTHS = [
    Bad("an empty line", lambda e: e.swap("orgs.csv", "d1,", "\r\nd1,"), "orgs.csv:2", Code.LINE_EMPTY),
    Bad(
        "an empty line at the end",
        lambda e: e.put("orgs.csv", e.files["orgs.csv"] + b"\r\n"),
        "orgs.csv:4",
        Code.LINE_EMPTY,
    ),
    Bad("a value less", lambda e: e.swap("orgs.csv", "district,,", "district,"), "orgs.csv:2", Code.VALUES_TOO_FEW),
    Bad("a value more", lambda e: e.swap("orgs.csv", "district,,", "district,,,"), "orgs.csv:2", Code.VALUES_TOO_MANY),
    Bad("a comma in a name", lambda e: e.swap("orgs.csv", "nr 1", "nr 1, Las"), "orgs.csv:3", Code.VALUES_TOO_MANY),
    Bad(
        "after a value with lines of its own",
        lambda e: e.swap("orgs.csv", "Powiat Leśny", '"Powiat\r\nLeśny\n,"').swap("orgs.csv", "school", "skool"),
        "orgs.csv:5:type",
        Code.ORG_TYPE_UNKNOWN,
    ),
]
