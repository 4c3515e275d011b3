"""The tree of initiatives: portfolios, programmes, projects."""
