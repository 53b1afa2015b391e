"""What the box says, in the reader's language.

The box speaks English, in whole sentences made where something happens. `collect` finds their templates in
the sources for Babel, `match` finds the template that a sentence came from, and `reader` puts the translated
one into what goes to a phone (docs/adr/0016-box-words.md).
"""
