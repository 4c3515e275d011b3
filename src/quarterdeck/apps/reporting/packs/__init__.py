"""Documents made of what was reported and assessed: PDF by typst, PowerPoint with native charts, workbooks.

Each is made of one frozen content (`content.Pack`, or a status report's `report_words.Told`), so that every form shows
the figures that the screen shows. A document is data: what people typed goes to typst as JSON and is set as text, never
read as markup.
"""
