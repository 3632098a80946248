"""A rule for import-linter: a package may import the standard library, itself and what is named, and nothing else."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyContract(Contract):
    """Keeps pure what has to be pure.

    Options:
        - packages: what is kept.
        - allowed:  the other packages that it may import. (Optional.)
    """

    type_name = "only"

    packages: Any = fields.ListField(subfield=fields.StringField())
    allowed: Any = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002  (import-linter's interface)
        """Finds the imports of anything else."""
        allowed = {*sys.stdlib_module_names, *(self.allowed or [])}
        broken = [
            (module, imported)
            for package in self.packages
            for module in sorted({package, *graph.find_descendants(package)})
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if not any(is_in(imported, wanted) for wanted in {package, *allowed})
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Names each import that is not allowed."""
        for module, imported in check.metadata["broken"]:
            output.print_error(f"{module} imports {imported}, which it may not", bold=False)


def is_in(module: str, package: str) -> bool:
    """Whether a module is the package or lies in it."""
    return module == package or module.startswith(f"{package}.")
