"""Charts of results, for the page and the report alike, without titles: what they are of stands above them.

Nothing in them loads anything, and texts in them are drawn as text. As wide as their place; the report sets a width.
"""
