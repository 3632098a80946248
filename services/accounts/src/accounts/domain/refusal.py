"""What is said when a rule refuses something."""


class Refused(ValueError):  # noqa: N818 - reads as what happened
    """A value breaks a rule. `code` is stable, for programs; the text is for people and never repeats the value."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
