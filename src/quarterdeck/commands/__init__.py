"""The subcommands of `quarterdeck`, one module each."""

NAMES = ("serve", "worker", "demo", "check", "inspect", "import", "figures", "backup", "restore", "user", "migrate")
"""In the order in which the help shows them."""


class Refusal(Exception):
    """The command will not do it; the text is one plain line that says why and what to do."""
