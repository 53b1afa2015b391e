"""Who may see the page and press its buttons: pairing, sessions, tokens, names, and patience with guesses."""
