"""The profile on the page: its form made from its schema, its values, and changing them."""
