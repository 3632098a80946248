"""What an import changed, or would, as a table."""

from rich import box
from rich.table import Table

from accounts.rosters.importing import Report

COLUMNS = ("created", "changed", "ended", "unchanged")


def difference_table(report: Report) -> Table:
    """How many of what are new, other than before, over, or as they were, in a district."""
    of = f"{report.district}, a new district" if report.is_new else str(report.district)
    table = Table("", box=box.SIMPLE_HEAD, title=f"The roster of {of}", title_justify="left")
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for each in report.differences.counts if report.differences else ():
        table.add_row(each.what, *(f"{getattr(each, name):,}" for name in COLUMNS))
    return table
