"""Valid records of any registered model, made by introspection through the model's own writer.

    factory = Factory(actor, place)
    risk = factory.make(Risk)                  # only what is required
    risk = factory.make(Risk, full=True)       # every field that is typed in, references too
    risk = factory.draft(Risk, title="Flood")  # not stored; what it refers to is

A new register needs nothing here unless its rules ask for more than its fields tell; then `hints.py` gets a line.
"""

from tests.factories.build import DAY, Factory, Place, form_data, payload

__all__ = ["DAY", "Factory", "Place", "form_data", "payload"]
