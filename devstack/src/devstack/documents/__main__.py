"""`python -m devstack.documents`: writes the documents that are made from the code."""

import typer

from devstack.documents.all import DOCS, documents


def main() -> None:
    """Write docs/ anew and name what changed."""
    for name, text in documents().items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            typer.echo(f"docs/{name} written")


if __name__ == "__main__":
    typer.run(main)
