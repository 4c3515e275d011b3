"""Make an administrator, give someone a new password, let in again who is locked out or has lost the second step.

The password is asked for, or read as one line from standard input when that is not a terminal.
"""

import argparse
import getpass
import sys
from typing import Any

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import migrate_database, start


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and to whom."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="make a user; with --administrator one who may do everything")
    add.add_argument("email")
    add.add_argument("--name", help="full name (default: the part before the @)")
    add.add_argument("--administrator", action="store_true", help="may elevate to every right")
    password = actions.add_parser("password", help="set a new password; ends the person's sessions")
    password.add_argument("email")
    unlock = actions.add_parser("unlock", help="forget failed attempts to sign in")
    unlock.add_argument("email")
    forget = actions.add_parser(
        "forget-second-step", help="take a lost app, its passkeys and recovery codes away; ends the person's sessions"
    )
    forget.add_argument("email")
    actions.add_parser("list", help="who can sign in")


def ask_password() -> str:
    """The new password, typed twice at a terminal or read from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != first:
        raise Refusal("The two passwords differ.")
    return first


def checked_password(user: Any) -> str:
    """A password that the rules accept for this user."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    password = ask_password()
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal("\n".join(error.messages)) from None
    return password


def find(email: str) -> Any:
    """The user with this address."""
    from quarterdeck.kernel.access.models import User

    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise Refusal(f"Nobody signs in as {email}.")
    return user


def add(email: str, name: str, *, administrator: bool) -> None:
    """Make a user."""
    from django.core.exceptions import ValidationError

    from quarterdeck.kernel.access.models import User

    address = email.strip().lower()
    user = User(email=address, name=name or address.partition("@")[0], is_administrator=administrator)
    user.set_password(checked_password(user))
    try:
        user.full_clean()
    except ValidationError as error:
        raise Refusal("\n".join(error.messages)) from None
    user.save()
    print(f"{address} can sign in" + (" and is an administrator." if administrator else "."))


def forget_second_step(email: str) -> None:
    """Take a second step away, with a line in the history of the user."""
    from django.core.exceptions import ValidationError

    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.signin import second_factor

    user = find(email)
    try:
        second_factor.forget(user=user, actor=Actor.system(now=clock.now(), label="quarterdeck user"))
    except ValidationError as error:
        raise Refusal("\n".join(error.messages)) from None
    ask = " They are asked to set one up at the next sign-in." if second_factor.asked_of(user) else ""
    print(f"{user.email} has no second step any more. Open sessions have ended.{ask}")


def run(options: argparse.Namespace) -> int:
    """Do the one thing asked."""
    start()
    migrate_database()
    if options.action == "add":
        add(options.email, options.name or "", administrator=options.administrator)
    elif options.action == "password":
        user = find(options.email)
        user.set_password(checked_password(user))
        user.save(update_fields=["password"])
        print(f"{user.email} has a new password. Open sessions have ended.")
    elif options.action == "forget-second-step":
        forget_second_step(options.email)
    elif options.action == "unlock":
        from axes.utils import reset

        count = reset(username=find(options.email).email)
        print(f"{count} failed attempts forgotten.")
    else:
        from quarterdeck.kernel.access.models import User

        for user in User.objects.order_by("email"):
            marks = [
                word for word, on in (("administrator", user.is_administrator), ("closed", not user.is_active)) if on
            ]
            print("\t".join([user.email, user.name, *marks]))
    return 0
