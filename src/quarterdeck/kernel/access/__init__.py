"""Who may see and do what, where: role x node, resolved to one subquery.

`Actor` is who acts, when and by which way; `visible` narrows a queryset to the rows on which an actor may do an action.
"""
