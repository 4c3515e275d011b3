"""What the tests of plan files share: real files, and small ones of our own."""

from tests.engine.conftest import shared_data, workbooks

__all__ = ["shared_data", "workbooks"]
