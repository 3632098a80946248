"""First lines that are not the columns of the standard in their order."""

from tests.unit.accounts.rosters.bad import Bad

from accounts.domain.oneroster.codes import Code

ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"


def header(what: str, orgs: str, column: str | None, code: Code) -> Bad:
    """A wrong header of orgs.csv."""
    where = f"orgs.csv:1:{column}" if column else "orgs.csv:1"
    return Bad(what, lambda e: e.swap("orgs.csv", ORGS, orgs), where, code)


HEADERS = [
    Bad("an empty file", lambda e: e.put("orgs.csv", ""), "orgs.csv:1", Code.HEADER_MISSING),
    Bad("a file of a BOM", lambda e: e.put("orgs.csv", b"\xef\xbb\xbf"), "orgs.csv:1", Code.HEADER_MISSING),
    Bad("no header", lambda e: e.swap("orgs.csv", f"{ORGS}\r\n", ""), "orgs.csv:1", Code.HEADER_MISSING),
    Bad("an empty line first", lambda e: e.swap("orgs.csv", ORGS, f"\r\n{ORGS}"), "orgs.csv:1", Code.HEADER_MISSING),
    header("Polish", "identyfikator,stan,zmiana,nazwa,rodzaj,numer,nadrzędna", None, Code.HEADER_MISSING),
    header("semicolons", ORGS.replace(",", ";"), None, Code.SEPARATOR_WRONG),
    header("tabulators", ORGS.replace(",", "\t"), None, Code.SEPARATOR_WRONG),
    header("a column missing", ORGS.replace(",identifier", ""), "identifier", Code.COLUMN_MISSING),
    header("the first column missing", ORGS.replace("sourcedId,", "", 1), "sourcedId", Code.COLUMN_MISSING),
    header("the id in another case", ORGS.replace("sourcedId", "sourcedid", 1), "sourcedId", Code.COLUMN_CASE),
    header("a column in capitals", ORGS.replace("type", "TYPE"), "type", Code.COLUMN_CASE),
    header("a known misspelling", ORGS.replace("dateLast", "dataLast"), "dateLastModified", Code.COLUMN_MISSPELT),
    header("a blank before a column", ORGS.replace("name", " name"), "name", Code.BLANKS_AROUND),
    Bad(
        "another order",
        lambda e: e.put("orgs.csv", f"{ORGS.replace('name,type', 'type,name')}\r\nd1,,,district,Powiat,,\r\n"),
        "orgs.csv:1:type",
        Code.COLUMN_ORDER,
    ),
    Bad(
        "a column of one's own",
        lambda e: e.column("orgs.csv", "numerRSPO", "", ""),
        "orgs.csv:1:numerRSPO",
        Code.COLUMN_UNKNOWN,
    ),
    Bad("a column without a name", lambda e: e.column("orgs.csv", "", "", ""), "orgs.csv:1:", Code.COLUMN_UNKNOWN),
    Bad(
        "an extension in the wrong case",
        lambda e: e.column("users.csv", "Metadata.Language", "pl", "pl"),
        "users.csv:1:metadata.language",
        Code.COLUMN_CASE,
    ),
    Bad(
        "an extension that is not last",
        lambda e: e.put("orgs.csv", f"metadata.x,{ORGS}\r\n,d1,,,Powiat,district,,\r\n,s1,,,Szkoła,school,,d1\r\n"),
        "orgs.csv:1:metadata.x",
        Code.COLUMN_ORDER,
    ),
    Bad("a column twice", lambda e: e.column("orgs.csv", "name", "", ""), "orgs.csv:1:name", Code.COLUMN_TWICE),
]
