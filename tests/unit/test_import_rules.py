"""The rule that keeps contracts and domains pure finds what is not."""

import pytest
from grimp import ImportGraph
from importlinter import ContractCheck
from tests.import_rules import OnlyContract


def checked(*imports: tuple[str, str]) -> ContractCheck:
    """The rule `shop.domain may import pydantic` over these imports."""
    graph = ImportGraph()
    for module in {"shop.domain", *(name for pair in imports for name in pair)}:
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    options = {"packages": ["shop.domain"], "allowed": ["pydantic"]}
    return OnlyContract("pure", {}, options).check(graph, verbose=False)


@pytest.mark.parametrize("imported", ["datetime", "os", "pydantic", "shop.domain", "shop.domain.prices"])
def test_the_standard_library_itself_and_what_is_named_may_be_imported(imported: str) -> None:
    assert checked(("shop.domain.goods", imported)).kept


@pytest.mark.parametrize("imported", ["asyncpg", "shop.store", "shop", "shop.domain_events", "pydantic_settings"])
def test_nothing_else_may_be_imported(imported: str) -> None:
    check = checked(("shop.domain.goods", imported))
    assert not check.kept
    assert check.metadata["broken"] == [("shop.domain.goods", imported)]


def test_who_is_outside_may_import_what_it_wants() -> None:
    assert checked(("shop.store", "asyncpg"), ("shop.store", "shop.domain")).kept
